"""Erlang and Elixir: application resource files, hex.pm's metadata, lock files of mix and rebar3.

What `ebin/NAME.app` names is installed; hex.pm's metadata beside its `ebin` has the package's name
and version, which the author of the file may not have kept. Lock files say what was asked for and
are weaker. Source: Erlang's `app(4)`; hex.pm's specification of package metadata.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from ocianalyze.inventory._base import Cataloger, Claim, Kept
from ocianalyze.inventory.catalogers._evidence import (
    ROWS,
    gather,
    properties,
    readable,
    text,
    unpack,
)
from ocianalyze.inventory.catalogers._gathered import told
from ocianalyze.layers.observer import Interest, Observer, Seen, Tap
from ocianalyze.limits import MIB
from ocianalyze.model.package import Distribution, Found

_BYTES = 2 * MIB
_LOCKS = frozenset({b"mix.lock", b"rebar.lock"})
_METADATA = b"hex_metadata.config"
_EVIDENCE = "hex-metadata"
_APPLICATION = re.compile(
    rb"\{\s{0,64}application\s{0,64},\s{0,64}'?([a-z][\w@]{0,127})'?\s{0,64},"
)
_VERSION = re.compile(rb"\{\s{0,64}vsn\s{0,64},\s{0,64}\"([^\"\n]{1,128})\"")
_NEEDS = re.compile(rb"\{\s{0,64}(?:included_)?applications\s{0,64},\s{0,64}\[([^\]]{0,16384})\]")
_ATOM = re.compile(rb"[a-z][\w@]{0,127}")
_NEEDED = 500
"""Applications that one needs; the largest real lists have about 50."""
_MIX_HEX = re.compile(
    rb"^(?:%\{)?\s{0,8}\"([\w.-]{1,128})\":\s?\{:hex,\s{0,4}:\"?([\w.-]{1,128})\"?,\s{0,4}\"([^\"]{1,128})\"",
    re.MULTILINE,
)
"""Elixir before 1.4 put the first package behind the brace."""
_REBAR_HEX = re.compile(
    rb"\{<<\"([\w.-]{1,128})\">>,\s{0,32}\{pkg,\s{0,32}<<\"([\w.-]{1,128})\">>,\s{0,32}<<\"([^\"]{1,128})\">>"
)
_MEMBER = re.compile(
    rb"^\{\s{0,8}<<\"(name|app|version)\">>\s{0,8},\s{0,8}<<\"([\w.+-]{1,128})\"(?:/utf8)?>>\s{0,8}\}",
    re.MULTILINE,
)
# fmt: off
_OTP = frozenset({
    "asn1", "common_test", "compiler", "crypto", "debugger", "dialyzer", "diameter", "edoc",
    "eldap", "erl_docgen", "erl_interface", "erts", "et", "eunit", "ftp", "inets",
    "jinterface", "kernel", "megaco", "mnesia", "observer", "odbc", "os_mon", "parsetools",
    "public_key", "reltool", "runtime_tools", "sasl", "snmp", "ssh", "ssl", "stdlib",
    "syntax_tools", "tftp", "tools", "wx", "xmerl",
    "eex", "elixir", "ex_unit", "iex", "logger", "mix",
})
# fmt: on
"""Applications of Erlang/OTP and of Elixir itself; those of hex.pm have other names."""


def _open(seen: Seen, _head: memoryview) -> Tap | None:
    parent, _, base = seen.path.rpartition(b"/")
    if base in _LOCKS:
        return gather(seen, _mix if base == b"mix.lock" else _rebar, _BYTES)
    if base == _METADATA:
        return gather(seen, _metadata, _BYTES)
    return gather(seen, _application, _BYTES) if parent.rpartition(b"/")[2] == b"ebin" else None


def _application(data: bytes) -> dict[str, Any] | None:
    """Return name, version and needs of an application resource file."""
    name = _APPLICATION.search(data)
    version = _VERSION.search(data)
    if name is None:
        return None
    found = version[1].decode("utf-8", "replace") if version else ""
    return told(name=name[1].decode(), version=text(found), depends=_needed(data))


def _metadata(data: bytes) -> dict[str, Any] | None:
    """Return name, version and application of a package as hex.pm has it."""
    members = islice(_MEMBER.finditer(data), ROWS)
    found = {each[1].decode(): each[2].decode("utf-8", "replace") for each in members}
    if not found.get("name") or not found.get("version"):
        return None
    app = found.get("app", found["name"])
    return {"hex": [found["name"], found["version"], app]}


def _needed(data: bytes) -> list[str]:
    lists = islice(_NEEDS.finditer(data), 2)
    names = (atom[0].decode() for found in lists for atom in _ATOM.finditer(found[1]))
    return list(dict.fromkeys(islice(names, _NEEDED)))


def _mix(data: bytes) -> dict[str, Any] | None:
    return _locked(_MIX_HEX, data)


def _rebar(data: bytes) -> dict[str, Any] | None:
    return _locked(_REBAR_HEX, data)


def _locked(row: re.Pattern[bytes], data: bytes) -> dict[str, Any] | None:
    """Return the hex packages of a lock file: the name at hex.pm, not the application's."""
    found = [
        [match[2].decode("utf-8", "replace"), match[3].decode("utf-8", "replace")]
        for match, _ in zip(row.finditer(data), range(ROWS), strict=False)
    ]
    return {"locked": found} if found else None


def _read(kept: Kept, _distribution: Distribution) -> Iterator[Found]:
    said = unpack(kept)
    for name, version in said.get("locked", ()):
        yield Found("hex", name, version, location=kept.path, confidence="heuristic")
    if hexed := said.get("hex"):
        home = kept.path.rpartition("/")[0]
        name, version, application = hexed
        told = properties(application=application, evidence=_EVIDENCE)
        yield Found("hex", name, version, location=home, confidence="strong", properties=told)
    if name := said.get("name", ""):
        is_otp = name in _OTP
        yield Found(
            "otp" if is_otp else "hex",
            name,
            said.get("version", ""),
            location=_home(kept.path),
            confidence="exact" if is_otp else "strong",
            depends=tuple(said.get("depends", ())),
            properties=properties(application=name),
        )


def _hexed(kept: Iterable[Kept]) -> dict[tuple[str, str], list[str]]:
    """Return name and version in hex.pm's metadata, by directory and application."""
    return {
        (each.path.rpartition("/")[0], hexed[2]): hexed[:2]
        for each in kept
        if (hexed := readable(each).get("hex"))
    }


def _joins(found: Iterable[Found], kept: Iterable[Kept]) -> Iterator[Found]:
    """Yield applications under the names and versions that hex.pm's metadata beside them has."""
    named, every = _hexed(kept), list(found)
    applications = {_place(each) for each in every if not _is_metadata(each)}
    for each in every:
        own = named.get(_place(each)) if each.type == "hex" else None
        if own is None:
            yield each
        elif not _is_metadata(each) or _place(each) not in applications:
            yield replace(each, name=own[0], version=own[1])


def _place(found: Found) -> tuple[str, str]:
    return found.location, dict(found.properties).get("application", "")


def _is_metadata(found: Found) -> bool:
    return ("evidence", _EVIDENCE) in found.properties


def _places(claims: Iterable[Claim], kept: Iterable[Kept]) -> Iterator[Claim]:
    """Yield claims under the names that packages have."""
    named = _hexed(kept)
    for claim in claims:
        own = named.get((claim.location, claim.name))
        yield replace(claim, name=own[0]) if own and claim.type == "hex" else claim


def _home(path: str) -> str:
    """Return the directory of an application, above its `ebin`."""
    return path.rpartition("/")[0].rpartition("/")[0]


def _claims(kept: Kept, _distribution: Distribution) -> Iterable[Claim]:
    name, home = readable(kept).get("name", ""), _home(kept.path)
    if not name or not home:
        return ()
    return (Claim("otp" if name in _OTP else "hex", name, location=home, trees=(home,)),)


OBSERVER = Observer(
    name="beam",
    version=3,
    interest=Interest(names=_LOCKS | {_METADATA}, suffixes=frozenset({b".app"})),
    open=_open,
    summary="names, versions and needs of Erlang and Elixir applications",
)

CATALOGER = Cataloger(
    name="beam",
    types=("hex", "otp"),
    observers=(OBSERVER,),
    summary="Erlang and Elixir applications from `ebin/*.app`, named by the `hex_metadata.config` "
    "beside; weaker, from `mix.lock` and `rebar.lock`",
    read=_read,
    joins=_joins,
    claims=_claims,
    places=_places,
)
