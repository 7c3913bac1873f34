"""Layers and history that samples of many controls begin with."""

from tests.images import File, Layer

IMPORT = "ADD rootfs.tar / # buildkit"
CMD = {"created_by": 'CMD ["x"]', "empty_layer": True}
APKO = {"created_by": "apko", "comment": "This is an apko single-layer image"}
ROOT: Layer = {"etc/os-release": b"ID=debian\n", "usr/bin/x": b"", "bin/x": b""}
STATUS = b"Package: base\nStatus: install ok installed\nVersion: 1\nArchitecture: amd64\n"
PROGRAM = File(b"\x7fELF", mode=0o755)
DEBIAN: Layer = {
    "etc/os-release": b"ID=debian\nVERSION_ID=12\n",
    "var/lib/dpkg/status": STATUS,
    "var/lib/dpkg/info/base.list": b"/usr/bin/base\n",
    "usr/bin/base": PROGRAM,
}
"""One package with one program."""
