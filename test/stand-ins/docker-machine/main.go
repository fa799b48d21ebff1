// Docker Machine v0.16.2 with those of its drivers whose modules can still be fetched. The commands are its own, unchanged.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"github.com/codegangsta/cli"
	"github.com/docker/machine/commands"
	"github.com/docker/machine/commands/mcndirs"
	"github.com/docker/machine/drivers/digitalocean"
	"github.com/docker/machine/drivers/generic"
	"github.com/docker/machine/drivers/none"
	"github.com/docker/machine/libmachine/drivers"
	"github.com/docker/machine/libmachine/drivers/plugin"
	"github.com/docker/machine/libmachine/drivers/plugin/localbinary"
	"github.com/docker/machine/libmachine/log"
	"github.com/docker/machine/version"
)

func main() {
	if os.Getenv(localbinary.PluginEnvKey) == localbinary.PluginEnvVal {
		serve(os.Getenv(localbinary.PluginEnvDriverName))
		return
	}
	localbinary.CurrentBinaryIsDockerMachine = true
	debug, _ := strconv.ParseBool(os.Getenv("MACHINE_DEBUG"))
	for _, word := range os.Args {
		debug = debug || word == "-D" || word == "--debug"
	}
	log.SetDebug(debug)
	app := cli.NewApp()
	app.Name = filepath.Base(os.Args[0])
	app.Commands = commands.Commands
	app.Version = version.FullVersion()
	app.Flags = []cli.Flag{
		cli.BoolFlag{Name: "debug, D"},
		cli.StringFlag{Name: "storage-path, s", EnvVar: "MACHINE_STORAGE_PATH", Value: mcndirs.GetBaseDir()},
		cli.StringFlag{Name: "tls-ca-cert"},
		cli.StringFlag{Name: "tls-ca-key"},
		cli.StringFlag{Name: "tls-client-cert"},
		cli.StringFlag{Name: "tls-client-key"},
		cli.StringFlag{Name: "github-api-token"},
		cli.BoolFlag{Name: "native-ssh", EnvVar: "MACHINE_NATIVE_SSH"},
		cli.StringFlag{Name: "bugsnag-api-token", Value: "no-report"},
	}
	if err := app.Run(os.Args); err != nil {
		log.Error(err)
	}
}

func serve(name string) {
	all := map[string]drivers.Driver{
		"digitalocean": digitalocean.NewDriver("", ""),
		"generic":      generic.NewDriver("", ""),
		"none":         none.NewDriver("", ""),
	}
	driver, ok := all[name]
	if !ok {
		fmt.Fprintf(os.Stderr, "Unsupported driver: %s\n", name)
		os.Exit(1)
	}
	plugin.RegisterDriver(driver)
}
