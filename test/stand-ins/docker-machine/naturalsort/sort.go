// Package naturalsort stands for github.com/skarademir/naturalsort: plain order is enough for tests.
package naturalsort

type NaturalSort []string

func (s NaturalSort) Len() int           { return len(s) }
func (s NaturalSort) Less(i, j int) bool { return s[i] < s[j] }
func (s NaturalSort) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }
