// A program that speaks Go's own encoding/gob and net/rpc.
//
//	encode          writes the values of values.go to standard output
//	decode          reads them from standard input, and says of each whether it is the same
//	broken          writes text that is no UTF-8, and types that its reader does not know
//	serve           serves net/rpc over HTTP; the first line of standard output is its address
//	(a plugin)      when MACHINE_PLUGIN_TOKEN is 42: plugin.go
//	call ADDRESS    calls the methods of a server, and prints what each answers
package main

import (
	"encoding/gob"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/rpc"
	"os"
	"reflect"
	"sync"
	"time"
)

func main() {
	if os.Getenv("MACHINE_PLUGIN_TOKEN") == "42" {
		plugin(os.Getenv("MACHINE_PLUGIN_DRIVER_NAME"))
		return
	}
	switch os.Args[1] {
	case "encode":
		encoder := gob.NewEncoder(os.Stdout)
		for _, value := range values() {
			check(encoder.Encode(value))
		}
	case "decode":
		decode()
	case "broken":
		encoder := gob.NewEncoder(os.Stdout)
		check(encoder.Encode(struct{ Text string }{"a\xff\xfeb"}))
		check(encoder.Encode(struct {
			Unknown map[string]any
			List    []Node
			Known   string
		}{map[string]any{"x": &Inner{1, "y"}}, []Node{{Name: "z"}}, "known"}))
	case "serve":
		serve()
	case "call":
		call(os.Args[2])
	}
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func decode() {
	decoder := gob.NewDecoder(os.Stdin)
	for i, value := range values() {
		kind := reflect.TypeOf(value)
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		} else {
			value = addressed(value)
		}
		got := reflect.New(kind)
		if err := decoder.Decode(got.Interface()); err != nil {
			fmt.Printf("%d %s: %v\n", i, kind, err)
			return
		}
		same := reflect.DeepEqual(got.Interface(), value) || fmt.Sprintf("%+v", got.Interface()) == fmt.Sprintf("%+v", value)
		fmt.Printf("%d %s: %t\n", i, kind, same)
		if !same {
			fmt.Printf("%+v\n%+v\n", got.Interface(), value)
		}
	}
}

func addressed(value any) any {
	pointer := reflect.New(reflect.TypeOf(value))
	pointer.Elem().Set(reflect.ValueOf(value))
	return pointer.Interface()
}

type Flags interface{ Flag() string }
type StringFlag struct{ Name, Usage, EnvVar, Value string }
type IntFlag struct {
	Name, Usage, EnvVar string
	Value               int
}

func (f *StringFlag) Flag() string { return f.Name }
func (f *IntFlag) Flag() string    { return f.Name }

type Options struct{ Values map[string]any }
type Getter interface{ Get(string) any }

func (o *Options) Get(name string) any { return o.Values[name] }

func init() {
	gob.RegisterName("*mcnflag.StringFlag", &StringFlag{})
	gob.RegisterName("*mcnflag.IntFlag", &IntFlag{})
	gob.RegisterName("*rpcdriver.RPCFlags", &Options{})
}

type Service struct{ release chan struct{} }

func (s *Service) GetVersion(_ struct{}, reply *int) error { *reply = 1; return nil }
func (s *Service) Echo(text string, reply *string) error   { *reply = text; return nil }
func (s *Service) Fail(_ struct{}, _ *struct{}) error      { return errors.New("Host is not running") }
func (s *Service) GetFlags(_ struct{}, reply *[]Flags) error {
	*reply = []Flags{&StringFlag{"url", "URL of host", "URL", "x"}, &IntFlag{Name: "port", Value: -22}, &StringFlag{Name: "other"}}
	return nil
}
func (s *Service) SetFlags(flags *Getter, reply *string) error {
	*reply = fmt.Sprint((*flags).Get("text"), (*flags).Get("number"), (*flags).Get("on"), (*flags).Get("list"), (*flags).Get("none"))
	return nil
}
func (s *Service) SetConfig(raw []byte, reply *int) error { *reply = len(raw); return nil }
func (s *Service) Wait(_ struct{}, reply *string) error {
	<-s.release
	*reply = "released"
	return nil
}
func (s *Service) Release(_ struct{}, _ *struct{}) error { close(s.release); return nil }
func (s *Service) Exit(_ struct{}, _ *struct{}) error    { os.Exit(3); return nil }

func serve() {
	check(rpc.RegisterName("Service", &Service{make(chan struct{})}))
	rpc.HandleHTTP()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println(listener.Addr())
	go func() {
		os.Stdin.Read(make([]byte, 1)) // ends with the test
		os.Exit(0)
	}()
	check(http.Serve(listener, nil))
}

func call(address string) {
	client, err := rpc.DialHTTP("tcp", address)
	check(err)
	var version int
	fmt.Println(client.Call("Service.GetVersion", struct{}{}, &version), version)
	var flags []Flags
	fmt.Println(client.Call("Service.GetFlags", struct{}{}, &flags))
	for _, flag := range flags {
		fmt.Printf("%+v\n", flag)
	}
	var text string
	var getter Getter = &Options{map[string]any{"text": "t", "number": 11, "on": true, "list": []string{"a", "b"}, "none": nil}}
	fmt.Println(client.Call("Service.SetFlags", &getter, &text), text)
	fmt.Println(client.Call("Service.Fail", struct{}{}, nil))
	fmt.Println(client.Call("Service.Missing", struct{}{}, nil))
	fmt.Println(client.Call("Other.Missing", struct{}{}, nil))
	var wait sync.WaitGroup
	for i := range 200 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			var got string
			sent := fmt.Sprint("call ", i)
			if err := client.Call("Service.Echo", sent, &got); err != nil || got != sent {
				fmt.Println("wrong answer:", sent, got, err)
			}
		}()
	}
	wait.Wait()
	var length int
	fmt.Println(client.Call("Service.SetConfig", make([]byte, 1<<20), &length), length)
	waiting := client.Go("Service.Wait", struct{}{}, &text, make(chan *rpc.Call, 1))
	fmt.Println(client.Call("Service.Release", struct{}{}, nil))
	select {
	case <-waiting.Done:
		fmt.Println(waiting.Error, text)
	case <-time.After(10 * time.Second):
		fmt.Println("Wait was not answered")
	}
	fmt.Println(client.Call("Service.Exit", struct{}{}, nil))
}
