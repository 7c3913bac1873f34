"""`container-manifest-2`: what images without a database say is installed (Azure Linux).

One package a line, ten fields between tabs: name, version-release, install time, build time,
vendor, epoch, size, architecture, epoch as a number, source package.
"""

import orjson

from ocianalyze.inventory.catalogers._rpm_package import Facts
from ocianalyze.inventory.catalogers._rpm_value import PACKAGES, Value

_FIELDS = 10
_PROBLEMS = 100


def observed(data: bytes) -> bytes:
    """Return the packages in the form of a database's observation."""
    value = Value(packages=[], problems=[], tree=None)
    for number, line in enumerate(data.decode("utf-8", "backslashreplace").split("\n"), 1):
        if not line.strip():
            continue
        fields = line.rstrip("\r").split("\t")
        if len(fields) == _FIELDS and fields[0] and "-" in fields[1]:
            value["packages"].append(_facts(fields))
        else:
            value["problems"].append(f"line {number} has not the ten fields of a package")
        if len(value["packages"]) >= PACKAGES or len(value["problems"]) >= _PROBLEMS:
            value["problems"].append("more packages or damage than are kept")
            break
    return orjson.dumps(value) + b"\n"


def _facts(fields: list[str]) -> Facts:
    version, _, release = fields[1].rpartition("-")
    facts = Facts(name=fields[0], version=version, release=release)
    if fields[4] != "(none)":
        facts["vendor"] = fields[4]
    if fields[5].isdecimal():
        facts["epoch"] = fields[5]
    if fields[7] != "(none)":
        facts["arch"] = fields[7]
    if fields[9] != "(none)":
        facts["source"] = fields[9]
    for key, text in (("installed", fields[2]), ("size", fields[6])):
        if text.isascii() and text.isdecimal() and len(text) < 19:
            facts[key] = int(text)  # type: ignore[literal-required]
    return facts
