"""What is kept of one package's header (rpm's tag list)."""

from typing import TypedDict, cast

from ocianalyze.inventory.catalogers._rpm_header import Header, parse
from ocianalyze.inventory.catalogers._rpm_signature import key_id

_NAME, _VERSION, _RELEASE, _EPOCH, _ARCH = 1000, 1001, 1002, 1003, 1022
_INSTALLED, _SIZE, _LONG_SIZE = 1008, 1009, 5009
_TEXTS = {"vendor": 1011, "license": 1014, "source": 1044, "rpmmod": 5096}
_MD5, _DIGEST_ALGORITHM = 261, 5011
_NEEDS = {"requires": 1049, "provides": 1047}
_NEEDED = 2_000
"""Names kept of either; a kernel provides thousands of symbols."""
_OF_RPM = "rpmlib("
"""How the needs of the package file begin, which rpm itself satisfies."""
_SIGNATURES = {
    268: "RSAHEADER",
    267: "DSAHEADER",
    259: "SIGPGP",
    262: "SIGGPG",
    278: "OPENPGP",
}
"""Those over the header first; a key is told by the first that names it."""
_OLD_NAMES, _INDEXES, _BASES, _DIRECTORIES = 1027, 1116, 1117, 1118
_FILE_NUMBERS = {
    "modes": (1030,),
    "flags": (1037,),
    "states": (1029,),
    "sizes": (5008, 1028),
    "mtimes": (1034,),
    "verify": (1045,),
}
_FILE_TEXTS = {
    "digests": 1035,
    "links": 1036,
    "users": 1039,
    "groups": 1040,
    "caps": 5010,
}
WANTED = frozenset(
    {
        *(_NAME, _VERSION, _RELEASE, _EPOCH, _ARCH, _INSTALLED, _SIZE, _LONG_SIZE),
        *(_MD5, _DIGEST_ALGORITHM, _OLD_NAMES, _INDEXES, _BASES, _DIRECTORIES),
        *_TEXTS.values(),
        *_NEEDS.values(),
        *_SIGNATURES,
        *_FILE_TEXTS.values(),
        *(tag for tags in _FILE_NUMBERS.values() for tag in tags),
    }
)
"""Tags that are read."""


class Facts(TypedDict, total=False):
    """One package; what its header lacks is left out."""

    name: str
    epoch: str
    version: str
    release: str
    arch: str
    source: str
    """File name of the source package."""
    license: str
    vendor: str
    rpmmod: str
    """`name:stream:version:context` of a module's package."""
    installed: int
    """Seconds since 1970."""
    size: int
    """Bytes of all files."""
    md5: str
    """Of header and payload of the package file."""
    signatures: list[str]
    key: str
    """Of the signature, 16 hexadecimal digits."""
    requires: list[str]
    """Names of what it needs: packages, files, sonames."""
    provides: list[str]
    """What it is called by those that need it."""
    digests: int
    """OpenPGP number of the files' digest algorithm; MD5 when absent."""
    row: int
    """Number in the database."""


class Files(TypedDict, total=False):
    """Files of one package as columns of equal length; texts have one character a byte."""

    dirs: list[str]
    at: list[int]
    """Index into `dirs`."""
    bases: list[str]
    modes: list[int]
    flags: list[int]
    """1 configuration, 2 documentation, 64 ghost."""
    states: list[int]
    """0 installed, 1 replaced by another package, 2 left out, 3 on a share, 4 of another colour."""
    sizes: list[int]
    mtimes: list[int]
    verify: list[int]
    digests: list[str]
    links: list[str]
    users: list[str]
    groups: list[str]
    caps: list[str]


def read(blob: bytes) -> tuple[Facts, Files]:
    """Return what one header says of its package and its files.

    Raises:
        ValueError: it is damaged or names no package.

    """
    header = parse(blob, WANTED)
    name = header.text(_NAME)
    if not name:
        raise ValueError("header names no package")
    return _facts(header, name), _files(header)


def _facts(header: Header, name: str) -> Facts:
    epoch = header.number(_EPOCH)
    size = header.number(_LONG_SIZE)
    told: dict[str, object] = {
        "name": name,
        "epoch": "" if epoch is None else str(epoch),
        "version": header.text(_VERSION),
        "release": header.text(_RELEASE),
        "arch": header.text(_ARCH),
        **{key: header.text(tag) for key, tag in _TEXTS.items()},
        "installed": header.number(_INSTALLED),
        "size": header.number(_SIZE) if size is None else size,
        "md5": header.binary(_MD5)[:16].hex(),
        "digests": header.number(_DIGEST_ALGORITHM),
        **{key: _needed(header, tag) for key, tag in _NEEDS.items()},
        **_signatures(header),
    }
    kept = {key: value for key, value in told.items() if value not in ("", None, [])}
    return cast("Facts", kept)


def _needed(header: Header, tag: int) -> list[str]:
    """Return names once each, without those that only rpm's format needs."""
    names = dict.fromkeys(header.strings(tag)[:_NEEDED])
    return [name for name in names if not name.startswith(_OF_RPM)]


def _signatures(header: Header) -> dict[str, object]:
    there = [tag for tag in _SIGNATURES if tag in header.index]
    keys = (key_id(header.binary(tag)) for tag in there)
    return {
        "signatures": [_SIGNATURES[tag] for tag in there],
        "key": next((key for key in keys if key), ""),
    }


def _files(header: Header) -> Files:
    bases = header.strings(_BASES)
    old = [] if bases else header.strings(_OLD_NAMES)
    if not bases and not old:
        return {}
    told: dict[str, list[str] | list[int]] = {
        "dirs": header.strings(_DIRECTORIES) if bases else [""],
        "at": header.numbers(_INDEXES) if bases else [0] * len(old),
        "bases": bases or [name.lstrip("/") for name in old],
    }
    for key, tags in _FILE_NUMBERS.items():
        told[key] = next((found for tag in tags if (found := header.numbers(tag))), [])
    for key, tag in _FILE_TEXTS.items():
        told[key] = header.strings(tag)
    return cast("Files", {key: column for key, column in told.items() if any(column)})
