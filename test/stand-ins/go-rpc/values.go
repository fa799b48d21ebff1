package main

import (
	"encoding/gob"
	"math"
	"net/netip"
	"time"
)

type Inner struct {
	A int
	B string
}

type Outer struct {
	Inner
	C bool
}

type Node struct {
	Name     string
	Next     *Node
	Children []Node
	Any      any
}

type All struct {
	Bool       bool
	Small      int8
	Min        int64
	Max        int64
	Byte       uint8
	Greatest   uint64
	Single     float32
	Double     float64
	NaN        []float64
	Complex    complex128
	Text       string
	Bytes      []byte
	Ints       []int
	Array      [3]string
	Map        map[string]int
	Deep       map[string][]map[int]bool
	Struct     Inner
	Embedded   Outer
	Pointer    *Inner
	Twice      **int
	Nil        *Inner
	Any        any
	NilAny     any
	List       []any
	Named      map[string]any
	Time       time.Time
	Address    netip.Addr
	unexported int
	Empty      struct{}
	Last       string
}

// Values are sent in one stream: a name says which Go type each is.
func values() []any {
	number := 7
	twice := &number
	when := time.Date(2026, 11, 30, 4, 50, 0, 123456789, time.UTC)
	all := All{
		Bool: true, Small: -128, Min: math.MinInt64, Max: math.MaxInt64, Byte: 255, Greatest: math.MaxUint64,
		Single: 1.5, Double: -1e300, NaN: []float64{math.Inf(1), 0, 5e-324, 17}, Complex: complex(1.5, -2),
		Text: "größe €😀\x00", Bytes: []byte{0, 255, 128}, Ints: []int{0, -1, 63, 64, -64, -65, 1 << 40, -(1 << 40)},
		Array: [3]string{"a", "", "c"}, Map: map[string]int{"one": 1, "": -1},
		Deep:   map[string][]map[int]bool{"x": {{1: true}, {}, {-7: false}}},
		Struct: Inner{A: 1}, Embedded: Outer{Inner{2, "two"}, true}, Pointer: &Inner{3, "three"}, Twice: &twice,
		Any:   &Inner{4, "four"},
		List:  []any{1, "two", true, nil, []string{"a", "b"}, 2.5, &Inner{5, "five"}, &Inner{6, ""}, []any{nil, &Node{Name: "in"}}},
		Named: map[string]any{"nested": map[string]any{"deep": &Node{Name: "n", Any: &Inner{7, "seven"}}}},
		Time:  when, Address: netip.MustParseAddr("192.0.2.7"), Last: "last",
	}
	tree := Node{Name: "root", Next: &Node{Name: "next", Any: []any{&Outer{C: true}}}, Children: []Node{{Name: "child"}, {Children: []Node{{Name: "grandchild"}}}}}
	var held any = &Node{Name: "held"}
	return []any{&all, -5, "text", []byte("bytes"), []int{1, 2, 3}, map[string]bool{"yes": true}, &tree, &held, struct{}{}, 2.5, true, uint(9), &All{}, complex(1, 2), when, [2]Inner{{A: 1}, {B: "b"}}, &all}
}

func init() {
	gob.Register(&Inner{})
	gob.Register(&Outer{})
	gob.Register(&Node{})
	gob.Register([]any{})
	gob.Register(map[string]any{})
}
