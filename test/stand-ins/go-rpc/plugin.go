package main

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/rpc"
	"os"
	"strings"
	"syscall"
	"time"
)

// Driver is what a plugin of Docker Machine serves; its name says how it fails.
type Driver struct {
	name  string
	beats chan bool
}

func (d *Driver) GetVersion(_ struct{}, reply *int) error {
	*reply = 1
	if d.name == "newer" {
		*reply = 2
	}
	return nil
}
func (d *Driver) Heartbeat(_ struct{}, _ *struct{}) error {
	d.beats <- true
	if d.name == "heartless" {
		return errors.New("I have none")
	}
	return nil
}
func (d *Driver) Close(_ struct{}, _ *struct{}) error {
	fmt.Fprintln(os.Stderr, "Closing plugin on server side")
	go os.Exit(0)
	return nil
}
func (d *Driver) DriverName(_ struct{}, reply *string) error { *reply = d.name; return nil }
func (d *Driver) Create(_ struct{}, _ *struct{}) error {
	fmt.Println("Creating")
	fmt.Fprintln(os.Stderr, "Authorization: Bearer very-secret")
	go func() { panic("no cloud today") }()
	select {}
}
func (d *Driver) Remove(_ struct{}, _ *struct{}) error {
	syscall.Kill(os.Getpid(), syscall.SIGSEGV)
	select {} // the signal may take a moment
}
func (d *Driver) Start(_ struct{}, _ *struct{}) error { select {} }

func plugin(name string) {
	driver := &Driver{name, make(chan bool, 100)}
	var served any = driver
	if name == "shapes" {
		served = &Strange{driver}
	}
	for _, service := range []string{"RPCServerDriver", "RpcServerDriver"} {
		if name != "old" || strings.HasPrefix(service, "Rpc") {
			check(rpc.RegisterName(service, served))
		}
	}
	rpc.HandleHTTP()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	fmt.Println(listener.Addr())
	go http.Serve(listener, nil)
	for {
		select {
		case <-driver.beats:
		case <-time.After(10 * time.Second):
			os.Exit(1)
		}
	}
}

// Strange has the methods of a driver with other types than anybody expects.
type Strange struct{ *Driver }

func (d *Strange) SetConfigRaw(_ []byte, _ *struct{}) error { return nil }
func (d *Strange) GetCreateFlags(_ struct{}, reply *[]any) error {
	*reply = []any{&StringFlag{Name: "known"}, &Options{}}
	return nil
}
func (d *Strange) SetConfigFromFlags(_ int, _ *struct{}) error { return nil }
func (d *Strange) GetConfigRaw(_ struct{}, reply *int) error   { *reply = 1; return nil }
func (d *Strange) GetState(_ struct{}, reply *[]string) error {
	*reply = []string{"Running"}
	return nil
}
