// A plugin of Docker Machine, built with its own library: a cloud of one server, which the test plays. Its name says how it fails.
package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"
	"time"

	"github.com/docker/machine/libmachine/drivers"
	"github.com/docker/machine/libmachine/drivers/plugin"
	"github.com/docker/machine/libmachine/log"
	"github.com/docker/machine/libmachine/mcnflag"
	"github.com/docker/machine/libmachine/ssh"
	"github.com/docker/machine/libmachine/state"
)

type Lab struct {
	*drivers.BaseDriver
	URL, Token string
	Size       int
	Tags       []string
	ID         int64             // beyond what JavaScript's numbers hold
	Marks      map[string]string `json:",omitempty"`
}

func (d *Lab) DriverName() string { return os.Getenv("MACHINE_PLUGIN_DRIVER_NAME") }
func (d *Lab) GetCreateFlags() []mcnflag.Flag {
	return []mcnflag.Flag{
		mcnflag.StringFlag{Name: "lab-url", EnvVar: "LAB_URL", Usage: "Where the lab is"},
		mcnflag.StringFlag{Name: "lab-token", EnvVar: "LAB_TOKEN", Usage: "Who asks it"},
		mcnflag.IntFlag{Name: "lab-size", Usage: "How large", Value: 2},
		mcnflag.BoolFlag{Name: "lab-broken", Usage: "Fail in the pre-create check"},
		mcnflag.StringSliceFlag{Name: "lab-tag", Usage: "Tags", Value: []string{"one"}},
	}
}
func (d *Lab) SetConfigFromFlags(f drivers.DriverOptions) error {
	d.URL, d.Token, d.Size, d.Tags = f.String("lab-url"), f.String("lab-token"), f.Int("lab-size"), f.StringSlice("lab-tag")
	if d.URL == "" {
		return errors.New("lab-url must be given")
	}
	if f.Bool("lab-broken") {
		d.Marks = map[string]string{"broken": "yes"}
	}
	d.SetSwarmConfigFromFlags(f)
	return nil
}
func (d *Lab) ask(verb string) (string, error) {
	key, _ := os.ReadFile(d.GetSSHKeyPath() + ".pub")
	answer, err := http.PostForm(d.URL+"/"+verb+"/"+d.MachineName, url.Values{"key": {string(key)}})
	if err != nil {
		return "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err == nil && answer.StatusCode != 200 {
		err = errors.New(string(text))
	}
	return strings.TrimSpace(string(text)), err
}
func (d *Lab) do(verb string) error { _, err := d.ask(verb); return err }
func (d *Lab) PreCreateCheck() error {
	if d.Marks["broken"] != "" {
		return fmt.Errorf("the lab is broken, says %s", d.Token)
	}
	return nil
}
func (d *Lab) Create() (err error) {
	log.Infof("Asking the lab for %s", d.MachineName)
	log.Debugf("with the token %s", d.Token)
	d.ID = 9007199254740993
	switch d.DriverName() {
	case "hangs":
		select {}
	case "dies":
		go func() { panic("no cloud today") }()
		select {}
	case "panics":
		panic(errors.New("no cloud today"))
	case "segfaults":
		syscall.Kill(os.Getpid(), syscall.SIGSEGV)
		select {} // the signal may take a moment
	case "full":
		return errors.New("quota exceeded for " + d.Token)
	}
	if err = ssh.GenerateSSHKey(d.GetSSHKeyPath()); err == nil {
		d.IPAddress, err = d.ask("create")
	}
	return err
}
func (d *Lab) GetSSHHostname() (string, error) { return d.GetIP() }
func (d *Lab) GetURL() (string, error) {
	ip, err := d.GetIP()
	return "tcp://" + ip + ":2376", err
}
func (d *Lab) GetState() (state.State, error) {
	switch d.DriverName() {
	case "sleeps":
		time.Sleep(time.Hour)
	case "strange":
		return state.State(42), nil
	case "idle":
		return state.Stopped, nil
	}
	text, err := d.ask("state")
	for s := state.None; s <= state.Timeout; s++ {
		if s.String() == text {
			return s, err
		}
	}
	return state.Error, err
}
func (d *Lab) Start() error   { return d.do("start") }
func (d *Lab) Stop() error    { return d.do("stop") }
func (d *Lab) Kill() error    { return d.do("kill") }
func (d *Lab) Restart() error { return d.do("restart") }
func (d *Lab) Remove() error  { return d.do("remove") }

func main() { plugin.RegisterDriver(&Lab{BaseDriver: &drivers.BaseDriver{}}) }
