"""Forms of password hashes, by what they begin with (crypt(5))."""

import re

from ocianalyze.dataclass import dataclass

_D = rb"[./0-9A-Za-z]"


@dataclass(frozen=True, slots=True)
class Form:
    """One scheme."""

    name: str
    shape: re.Pattern[bytes]
    """Groups `mark`, `salt`, `digest`, `rounds` where a default password can be tried."""


def _form(name: str, shape: bytes) -> Form:
    return Form(name, re.compile(shape))


FORMS = (
    _form("MD5", rb"(?P<mark>\$1\$)(?P<salt>[^$:\s]{0,8})\$(?P<digest>" + _D + rb"{22})"),
    _form(
        "MD5 (Apache)", rb"(?P<mark>\$apr1\$)(?P<salt>[^$:\s]{0,8})\$(?P<digest>" + _D + rb"{22})"
    ),
    _form(
        "SHA-256",
        rb"(?P<mark>\$5\$)(?:rounds=(?P<rounds>\d{1,9})\$)?(?P<salt>[^$:\s]{0,16})\$(?P<digest>"
        + _D
        + rb"{43})",
    ),
    _form(
        "SHA-512",
        rb"(?P<mark>\$6\$)(?:rounds=(?P<rounds>\d{1,9})\$)?(?P<salt>[^$:\s]{0,16})\$(?P<digest>"
        + _D
        + rb"{86})",
    ),
    _form("bcrypt", rb"\$2[abxy]?\$\d\d\$" + _D + rb"{53}"),
    _form("yescrypt", rb"\$y\$" + _D + rb"{1,32}\$" + _D + rb"{0,86}\$" + _D + rb"{43}"),
    _form("gost-yescrypt", rb"\$gy\$" + _D + rb"{1,32}\$" + _D + rb"{0,86}\$" + _D + rb"{43}"),
    _form("scrypt", rb"\$7\$" + _D + rb"{11,97}\$" + _D + rb"{43}"),
    _form(
        "Argon2",
        rb"\$argon2(?:id|i|d)\$(?:v=\d+\$)?m=\d+,t=\d+,p=\d+\$[\w+/.-]{8,90}\$[\w+/.-]{16,180}",
    ),
    _form("SHA-1", rb"\$sha1\$\d{1,10}\$" + _D + rb"{1,64}\$" + _D + rb"{28}"),
    _form("MD5 (Sun)", rb"\$md5[$,][^:\s]{1,90}\$" + _D + rb"{22}"),
    _form("NT", rb"\$3\$\$[0-9a-f]{32}"),
    _form("DES (BSDi)", rb"_" + _D + rb"{19}"),
    _form("DES", _D + rb"{13}"),
)
_LONGEST = 512


def form_of(value: bytes) -> tuple[Form, dict[str, bytes]] | None:
    """Return the scheme of a hash and its parts; None for anything else."""
    if len(value) > _LONGEST:
        return None
    for form in FORMS:
        if found := form.shape.fullmatch(value):
            parts = {key: part for key, part in found.groupdict().items() if part is not None}
            return form, parts
    return None
