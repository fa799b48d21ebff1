// Package dockerclient has as much of github.com/samalba/dockerclient as Docker Machine needs without classic swarms.
package dockerclient

import (
	"crypto/tls"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"
)

type PortBinding struct{ HostIp, HostPort string }
type RestartPolicy struct {
	Name              string
	MaximumRetryCount int64
}
type HostConfig struct {
	RestartPolicy RestartPolicy
	Binds         []string
	PortBindings  map[string][]PortBinding
}
type ContainerConfig struct {
	Image        string
	Env, Cmd     []string
	ExposedPorts map[string]struct{}
	HostConfig   HostConfig
}
type AuthConfig struct{}
type Version struct{ Version string }
type DockerClient struct {
	url    string
	client http.Client
}

func NewDockerClient(url string, config *tls.Config) (*DockerClient, error) {
	transport := &http.Transport{TLSClientConfig: config, DisableKeepAlives: true}
	url = strings.Replace(url, "tcp://", "https://", 1)
	return &DockerClient{url, http.Client{Transport: transport, Timeout: 10 * time.Second}}, nil
}
func (c *DockerClient) Version() (*Version, error) {
	answer, err := c.client.Get(c.url + "/version")
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	version := &Version{}
	return version, json.NewDecoder(answer.Body).Decode(version)
}

var none = errors.New("this build has no classic swarms")

func (c *DockerClient) PullImage(string, *AuthConfig) error { return none }
func (c *DockerClient) CreateContainer(*ContainerConfig, string, *AuthConfig) (string, error) {
	return "", none
}
func (c *DockerClient) StartContainer(string, *HostConfig) error { return none }
