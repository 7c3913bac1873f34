"""The health check that an image could have, by what it exposes and which programs it has."""

import re
from collections.abc import Sequence
from itertools import islice

from ocianalyze.controls.aspects.programs.started import find_program
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.oci import RunConfig

_PORT = re.compile(r"([0-9]{1,5})(?:/(tcp|udp|sctp))?", re.IGNORECASE)
_PORTS = 64
_ASKED: dict[int, tuple[str, ...]] = {
    3306: ("mariadb-admin ping -h 127.0.0.1", "mysqladmin ping -h 127.0.0.1"),
    5432: ("pg_isready -h 127.0.0.1",),
    5672: ("rabbitmq-diagnostics -q ping",),
    6379: ("redis-cli ping", "valkey-cli ping"),
    27017: ("mongosh --quiet --eval 'db.runCommand({ping: 1})'",),
}
"""Clients that services bring with them, the better first."""
_HTTPS = (443, 8443)
_HTTP = (80, 3000, 5000, *range(8000, 10_000))
_OTHERS = frozenset({8125, 8300, 8301, 8302, 8443, 9042, 9092, 9160, 9300})
"""Ports among these where no HTTP is spoken."""
_FASTCGI = 9000
_UNKNOWN = "PROGRAM-THAT-ASKS-THE-SERVICE"


def probe(view: ImageView) -> str:
    """Return a shell command that fails when the service does; a word to fill in for no known."""
    config = view.config.config if view.config else RunConfig()
    exposed = tuple(islice(config.exposed_ports, _PORTS))
    ports = _tcp(exposed)
    for port in ports:
        for command in _ASKED.get(port, ()):
            if find_program(view, config, command.partition(" ")[0]):
                return command
    if address := _address(view, config, ports, is_told=any(map(_PORT.fullmatch, exposed))):
        return _download(view, config, address)
    return _UNKNOWN


def _tcp(exposed: Sequence[str]) -> list[int]:
    """Return the ports in their order as numbers, those of UDP left out."""
    found = filter(None, map(_PORT.fullmatch, exposed))
    return sorted({int(x[1]) for x in found if (x[2] or "tcp").lower() == "tcp"})


def _address(view: ImageView, config: RunConfig, ports: Sequence[int], *, is_told: bool) -> str:
    if not is_told:
        return "http://localhost:PORT/"
    others = _OTHERS | ({_FASTCGI} if find_program(view, config, "php-fpm") else set())
    for port in ports:
        if port in _HTTP and port not in others:
            return f"http://localhost:{port}/"
    return next((f"https://localhost:{port}/" for port in ports if port in _HTTPS), "")


def _download(view: ImageView, config: RunConfig, address: str) -> str:
    """Return the download; nobody signs a certificate for `localhost`."""
    is_tls = address.startswith("https:")
    if view.is_windows:
        return f"curl.exe -fsS{'k' if is_tls else ''} {address}"
    if find_program(view, config, "curl"):
        return f"curl -fsS{'k' if is_tls else ''} {address}"
    if find_program(view, config, "wget"):
        option = "--no-check-certificate " if is_tls else ""
        return f"wget -qO /dev/null {option}{address}"
    return _UNKNOWN
