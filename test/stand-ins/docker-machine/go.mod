module tsmachine.test/docker-machine

go 1.22.0

require (
	github.com/codegangsta/cli v1.22.14
	github.com/docker/machine v0.16.2
)

require (
	github.com/Azure/go-ansiterm v0.0.0-20210617225240-d185dfc1b5a1 // indirect
	github.com/bitly/go-simplejson v0.5.1 // indirect
	github.com/bugsnag/bugsnag-go v1.5.0 // indirect
	github.com/bugsnag/panicwrap v1.2.0 // indirect
	github.com/digitalocean/godo v1.109.0 // indirect
	github.com/docker/docker v20.10.21+incompatible // indirect
	github.com/gofrs/uuid v4.4.0+incompatible // indirect
	github.com/golang/protobuf v1.5.3 // indirect
	github.com/google/go-querystring v1.1.0 // indirect
	github.com/hashicorp/go-cleanhttp v0.5.2 // indirect
	github.com/hashicorp/go-retryablehttp v0.7.4 // indirect
	github.com/kardianos/osext v0.0.0-20190222173326-2bc1f35cddc0 // indirect
	github.com/moby/term v0.5.0 // indirect
	github.com/samalba/dockerclient v0.0.0 // indirect
	github.com/skarademir/naturalsort v0.0.0 // indirect
	golang.org/x/crypto v0.31.0 // indirect
	golang.org/x/net v0.21.0 // indirect
	golang.org/x/oauth2 v0.15.0 // indirect
	golang.org/x/sys v0.28.0 // indirect
	golang.org/x/term v0.27.0 // indirect
	golang.org/x/time v0.0.0-20220922220347-f3bd1da661af // indirect
	google.golang.org/appengine v1.6.7 // indirect
	google.golang.org/protobuf v1.31.0 // indirect
)

replace (
	github.com/codegangsta/cli v1.22.14 => github.com/urfave/cli v1.18.0
	github.com/samalba/dockerclient => ./dockerclient
	github.com/skarademir/naturalsort => ./naturalsort
)
