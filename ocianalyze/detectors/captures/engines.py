"""Settings of container engines inside an image."""

from ocianalyze.detectors.captures._base import files

DOCKER = "etc/docker/daemon.json"
CONTAINERS = "etc/containers/registries.conf"

CAPTURE = files(DOCKER, CONTAINERS)
