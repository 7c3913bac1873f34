"""What a content is, by its first bytes: a prefix table for speed, a NUL test for the rest.

Called for every file of every layer, so a typical call costs two dictionary look-ups. What the
table cannot name is `text/plain` or `application/octet-stream`: libmagic takes 0.3-2 ms a file.
"""

from collections.abc import Callable

VERSION = 1
"""Raise it whenever a content would get another type."""

TYPES: tuple[str, ...] = (
    "",
    "inode/x-empty",
    "application/octet-stream",
    "text/plain",
    "application/x-elf",
    "application/vnd.microsoft.portable-executable",
    "application/x-mach-binary",
    "application/wasm",
    "application/java-vm",
    "text/x-shellscript",
    "text/x-python",
    "text/x-perl",
    "text/x-ruby",
    "text/x-php",
    "text/javascript",
    "text/x-script",
    "application/gzip",
    "application/zip",
    "application/x-xz",
    "application/zstd",
    "application/x-bzip2",
    "application/x-lz4",
    "application/x-7z-compressed",
    "application/x-tar",
    "application/x-cpio",
    "application/x-archive",
    "application/vnd.debian.binary-package",
    "application/x-rpm",
    "application/vnd.squashfs",
    "application/vnd.sqlite3",
    "application/x-dbm",
    "application/x-rpmdb",
    "application/x-bytecode.python",
    "application/x-bytecode.lua",
    "application/x-beam",
    "application/x-llvm",
    "application/x-pem-file",
    "application/x-der",
    "application/x-java-keystore",
    "application/x-gettext-translation",
    "application/tzif",
    "application/x-terminfo",
    "application/json",
    "text/xml",
    "text/html",
    "application/pdf",
    "image/png",
    "image/jpeg",
    "image/gif",
    "image/webp",
    "font/ttf",
    "font/otf",
    "font/woff",
    "font/woff2",
    "application/x-git-pack",
    "application/x-pcap",
    "application/x-dex",
    "application/vnd.ms-cab-compressed",
    "application/x-ld-cache",
    "application/x-chrome-extension",
)
"""Names of the types; a code is a position. Append only: kept facts hold the codes."""

CODES: dict[str, int] = {name: code for code, name in enumerate(TYPES)}
"""Code of each type."""

_EMPTY = CODES["inode/x-empty"]
_DATA = CODES["application/octet-stream"]
_TEXT = CODES["text/plain"]
_TEXT_BYTES = bytes({*b"\t\n\r\f\b\x1b", *range(0x20, 0x7F), *range(0x80, 0x100)})
"""Bytes that text may hold: printable ASCII, white space, ESC, and any encoding's high bytes."""

_PREFIXES: dict[bytes, str] = {
    b"\x7fELF": "application/x-elf",
    b"Cr24": "application/x-chrome-extension",
    b"\xfe\xed\xfa\xce": "application/x-mach-binary",
    b"\xfe\xed\xfa\xcf": "application/x-mach-binary",
    b"\xce\xfa\xed\xfe": "application/x-mach-binary",
    b"\xcf\xfa\xed\xfe": "application/x-mach-binary",
    b"\0asm": "application/wasm",
    b"PK\x03\x04": "application/zip",
    b"PK\x05\x06": "application/zip",
    b"\x28\xb5\x2f\xfd": "application/zstd",
    b"\x04\x22\x4d\x18": "application/x-lz4",
    b"0707": "application/x-cpio",
    b"\xed\xab\xee\xdb": "application/x-rpm",
    b"hsqs": "application/vnd.squashfs",
    b"RpmP": "application/x-rpmdb",
    b"\x1bLua": "application/x-bytecode.lua",
    b"BC\xc0\xde": "application/x-llvm",
    b"\xfe\xed\xfe\xed": "application/x-java-keystore",
    b"\xce\xce\xce\xce": "application/x-java-keystore",
    b"\xde\x12\x04\x95": "application/x-gettext-translation",
    b"\x95\x04\x12\xde": "application/x-gettext-translation",
    b"TZif": "application/tzif",
    b"<?xm": "text/xml",
    b"<!DO": "text/html",
    b"<!do": "text/html",
    b"<htm": "text/html",
    b"<HTM": "text/html",
    b"<?ph": "text/x-php",
    b"%PDF": "application/pdf",
    b"\x89PNG": "image/png",
    b"\xff\xd8\xff\xe0": "image/jpeg",
    b"\xff\xd8\xff\xe1": "image/jpeg",
    b"\xff\xd8\xff\xdb": "image/jpeg",
    b"GIF8": "image/gif",
    b"OTTO": "font/otf",
    b"wOFF": "font/woff",
    b"wOF2": "font/woff2",
    b"\xd4\xc3\xb2\xa1": "application/x-pcap",
    b"\xa1\xb2\xc3\xd4": "application/x-pcap",
    b"dex\n": "application/x-dex",
    b"MSCF": "application/vnd.ms-cab-compressed",
}
_LONGER: dict[bytes, str] = {
    b"\xfd7zXZ\0": "application/x-xz",
    b"7z\xbc\xaf\x27\x1c": "application/x-7z-compressed",
    b"SQLite format 3\0": "application/vnd.sqlite3",
    b"\0\1\0\0\0": "font/ttf",
    b"PACK\0\0\0": "application/x-git-pack",
    b"DIRC\0\0\0": "application/x-git-pack",
    b"FOR1\0": "application/x-beam",
    b"glibc-ld.so.cache": "application/x-ld-cache",
    b"ld.so-1.7.0": "application/x-ld-cache",
}
"""Marks whose first four bytes are also words or numbers; their first two occur nowhere above."""

_INTERPRETERS: tuple[tuple[bytes, str], ...] = (
    (b"sh", "text/x-shellscript"),
    (b"python", "text/x-python"),
    (b"pypy", "text/x-python"),
    (b"perl", "text/x-perl"),
    (b"ruby", "text/x-ruby"),
    (b"php", "text/x-php"),
    (b"node", "text/javascript"),
    (b"deno", "text/javascript"),
    (b"bun", "text/javascript"),
)


def classify(head: bytes) -> int:
    """Return the code of the type of a content, given its first bytes (up to 512)."""
    look = _LOOK.get(head[:2])
    if look is not None:
        return look(head)
    if b"\0" in head:
        return _binary(head)
    if head.isascii():
        return _TEXT if head else _EMPTY
    return _text_or_data(head)


def _four(head: bytes) -> int:
    """Decide by four bytes what they can decide."""
    code = _FOUR.get(head[:4])
    return _plain(head) if code is None else code


def _text_or_data(head: bytes) -> int:
    return _DATA if head.translate(None, _TEXT_BYTES) else _TEXT


def _plain(head: bytes) -> int:
    return _binary(head) if b"\0" in head else _text_or_data(head)


def _binary(head: bytes) -> int:
    """Name what has no mark at its beginning."""
    if head[2:4] == b"\r\n" and head[4:5] <= b"\x03" and len(head) >= 16:
        return CODES["application/x-bytecode.python"]
    if head[257:262] == b"ustar":
        return CODES["application/x-tar"]
    if head[12:16] in _DBM:
        return CODES["application/x-dbm"]
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return _TEXT
    return _DATA


_DBM = frozenset(
    magic
    for word in (0x00053162, 0x00061561, 0x00042253)
    for magic in (word.to_bytes(4, "little"), word.to_bytes(4, "big"))
)
"""Berkeley DB's btree, hash and queue (magic(5), at byte 12)."""


def _script(head: bytes) -> int:
    """Name a script by its interpreter's base name, `env` and its options skipped."""
    line = head[2:256].split(b"\n", 1)[0]
    for word in line.split()[:4]:
        name = word.rsplit(b"/", 1)[-1]
        if name != b"env" and not name.startswith(b"-") and b"=" not in name:
            return _language(name)
    return CODES["text/x-script"] if line.strip() else _plain(head)


def _language(name: bytes) -> int:
    for prefix, kind in _INTERPRETERS:
        if name.startswith(prefix):
            return CODES[kind]
    return CODES["text/x-shellscript" if name.endswith(b"sh") else "text/x-script"]


def _long(head: bytes) -> int:
    """Decide by a mark of more than four bytes."""
    for mark, kind in _LONGER.items():
        if head.startswith(mark):
            return CODES[kind]
    return _plain(head)


def _java_or_mach(head: bytes) -> int:
    """Tell a class file (major version 45 and up) from a fat Mach-O (few architectures)."""
    if head[2:4] != b"\xba\xbe":
        return _plain(head)
    is_class = int.from_bytes(head[6:8], "big") >= 45
    return CODES["application/java-vm" if is_class else "application/x-mach-binary"]


def _archive(head: bytes) -> int:
    if not head.startswith((b"!<arch>\n", b"!<thin>\n")):
        return _plain(head)
    is_deb = head[8:21] == b"debian-binary"
    return CODES["application/vnd.debian.binary-package" if is_deb else "application/x-archive"]


def _pem(head: bytes) -> int:
    return CODES["application/x-pem-file"] if head.startswith(b"-----BEGIN ") else _plain(head)


def _json(head: bytes) -> int:
    """Tell JSON from other text that begins with a bracket, by the next visible character."""
    rest = head[1:64].lstrip()
    is_json = rest[:1] in (b'"', b"}") if head[:1] == b"{" else rest[:1] in _ARRAY_STARTS
    return CODES["application/json"] if is_json and b"\0" not in head else _plain(head)


_ARRAY_STARTS = frozenset(b"%c" % c for c in b'"{[]')


def _riff(head: bytes) -> int:
    is_webp = head.startswith(b"RIFF") and head[8:12] == b"WEBP"
    return CODES["image/webp"] if is_webp else _plain(head)


def _compressed(head: bytes) -> int:
    """Name what two bytes are too few to be sure of: gzip, bzip2, MZ, DER, terminfo."""
    if head.startswith(b"\x1f\x8b\x08"):
        return CODES["application/gzip"]
    if head.startswith(b"BZh") and head[4:10] == b"1AY&SY":
        return CODES["application/x-bzip2"]
    if head.startswith(b"MZ") and b"\0" in head:
        return CODES["application/vnd.microsoft.portable-executable"]
    return _plain(head)


def _der(head: bytes) -> int:
    """A DER sequence with a two-byte length that itself begins with a sequence or a number."""
    return CODES["application/x-der"] if head[4:5] in (b"\x30", b"\x02") else _plain(head)


def _terminfo(head: bytes) -> int:
    return CODES["application/x-terminfo"] if b"\0" in head else _plain(head)


_FOUR: dict[bytes, int] = {prefix: CODES[kind] for prefix, kind in _PREFIXES.items()}

_LOOK: dict[bytes, Callable[[bytes], int]] = {
    **{prefix[:2]: _four for prefix in _PREFIXES},
    **{mark[:2]: _long for mark in _LONGER},
    b"#!": _script,
    b"\xca\xfe": _java_or_mach,
    b"!<": _archive,
    b"--": _pem,
    b"RI": _riff,
    b"\x1f\x8b": _compressed,
    b"BZ": _compressed,
    b"MZ": _compressed,
    b"\x30\x82": _der,
    b"\x1a\x01": _terminfo,
    b"\x1e\x02": _terminfo,
    **{bytes((a, b)): _json for a in b"{[" for b in b' \t\r\n"{[]}'},
}
"""Types that need another look, by their first two bytes."""
