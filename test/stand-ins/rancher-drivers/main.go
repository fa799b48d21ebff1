// Drivers of rancher-machine as plugins: the name of the program says which.
package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/rancher/machine/drivers/amazonec2"
	"github.com/rancher/machine/drivers/digitalocean"
	"github.com/rancher/machine/libmachine/drivers/plugin"
)

func main() {
	if strings.HasSuffix(filepath.Base(os.Args[0]), "digitalocean") {
		plugin.RegisterDriver(digitalocean.NewDriver("", ""))
	} else {
		plugin.RegisterDriver(amazonec2.NewDriver("", ""))
	}
}
