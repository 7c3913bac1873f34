"""What an image tells of its ports, of remote logins and of the engine's socket."""

import re
from collections.abc import Iterator

from ocianalyze.controls.aspects.programs import notable
from ocianalyze.controls.aspects.programs.started import scripts
from ocianalyze.controls.hint import (
    hint,
    of_config,
    of_entry,
    pointer_to,
    ports,
    programs,
    starts,
    variable,
    volumes,
)
from ocianalyze.detectors.captures.engines import CONTAINERS, DOCKER
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence

_SOCKETS = ("docker.sock", "containerd.sock", "podman.sock", "crio.sock")
_SETTINGS = {
    DOCKER: re.compile(r'"insecure-registries"\s*:\s*\[\s*"'),
    CONTAINERS: re.compile(r"^\s*insecure\s*=\s*true", re.MULTILINE),
}
_PRIVILEGED = 1024
_SSH = 22


def registries(view: ImageView) -> Iterator[Evidence]:
    """Yield settings of an engine inside the image, and say which trust registries blindly."""
    for path, pattern in _SETTINGS.items():
        entry = view.tree.resolve(path)
        if entry is not None:
            text = (view.read(path) or b"").decode("utf-8", "replace")
            blind = pattern.search(text)
            yield of_entry(
                entry, "allows insecure registries" if blind else "settings of an engine"
            )


def sshd(view: ImageView) -> Iterator[Evidence]:
    """Yield servers of remote logins, their keys, their port, and a start of one."""
    yield from programs(view, notable.LOGIN_SERVERS, "a server of remote logins")
    for entry in notable.files(view, notable.LOGIN_KEYS):
        yield of_entry(entry, "a key of remote logins")
    for text, number in ports(view):
        if number == _SSH:
            yield of_config(pointer_to("config", "ExposedPorts", text), "exposes port 22")
    yield from starts(view, notable.LOGIN_SERVERS, "starts a server of remote logins")


def privileged(view: ImageView) -> Iterator[Evidence]:
    """Yield exposed ports below 1024."""
    for text, number in ports(view):
        if number < _PRIVILEGED:
            yield of_config(pointer_to("config", "ExposedPorts", text), f"exposes port {number}")


def exposed(view: ImageView) -> Iterator[Evidence]:
    """Yield every exposed port."""
    for text, number in ports(view):
        yield of_config(pointer_to("config", "ExposedPorts", text), f"exposes port {number}")


def socket(view: ImageView) -> Iterator[Evidence]:
    """Yield clients of engines, and what names an engine's socket."""
    yield from programs(view, notable.CLIENTS, "a client of a container engine")
    if variable(view, "DOCKER_HOST").startswith("unix:"):
        yield of_config("/config/Env", "DOCKER_HOST names a socket")
    for volume in volumes(view):
        if volume.endswith(_SOCKETS):
            yield of_config(pointer_to("config", "Volumes", volume), f"volume at {volume}")
    for entry, text in scripts(view, view.config.config, "") if view.config else ():
        if any(name in text for name in _SOCKETS):
            yield of_entry(entry, "an entry script names an engine's socket")


CONTROLS = (
    hint(
        "cis-docker-2.5",
        "insecure registries",
        registries,
        "settings of an engine inside the image: etc/docker, etc/containers",
        "allow no registry without TLS",
        owner="node",
    ),
    hint(
        "cis-docker-5.7",
        "no sshd",
        sshd,
        "executables named like servers of remote logins, keys, config.ExposedPorts, the start",
        "remove the server from the image; use the engine's exec",
    ),
    hint(
        "cis-docker-5.8",
        "privileged ports",
        privileged,
        "config.ExposedPorts",
        "listen on a port from 1024 up, and map it where it is published",
    ),
    hint(
        "cis-docker-5.9",
        "only needed ports",
        exposed,
        "config.ExposedPorts",
        "publish only the ports that the service needs",
    ),
    hint(
        "cis-docker-5.32",
        "engine socket",
        socket,
        "clients of engines among the executables, DOCKER_HOST, config.Volumes, entry scripts",
        "mount no socket of an engine",
    ),
)
