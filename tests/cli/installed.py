"""An image with packages of several kinds, for the commands that list them."""

from dataclasses import replace

from ocianalyze.inventory import assembly
from tests.images import File, Layer, directory, hardlink, image, symlink
from tests.report.documents import ANALYSIS, HOSTILE, IMAGE

ELF = b"\x7fELF\2\1\1" + bytes(57)
SITE = "usr/lib/python3/dist-packages"
STANZA = """\
Package: {}
Status: install ok installed
Maintainer: Nobody <nobody@images.example>
Architecture: amd64
Version: {}

"""


def status(**packages: str) -> bytes:
    """Return a dpkg status file with versions by name."""
    stanzas = (STANZA.format(name.replace("_", "-"), x) for name, x in packages.items())
    return "".join(stanzas).encode()


BASE: Layer = {
    "bin": symlink("usr/bin"),
    "usr/bin": directory(),
    "usr/bin/dash": File(ELF, mode=0o755),
    "usr/bin/dash.link": hardlink("usr/bin/dash"),
    "usr/bin/sh": symlink("dash"),
    "usr/bin/vi": symlink("/etc/alternatives/vi"),
    "etc/alternatives/vi": symlink("/usr/bin/dash"),
    "var/lib/dpkg/status": status(dash="1:0.5-2", tzdata="2026a"),
    "var/lib/dpkg/info/dash.list": b"/.\n/bin\n/bin/dash\n/bin/sh\n",
    "var/lib/dpkg/info/tzdata.list": b"/.\n/usr/share/tz\n",
    "usr/share/tz": b"tz",
}
INSTALL: Layer = {
    "var/lib/dpkg/status": status(dash="1:0.5-2", python3_six="1.16-4"),
    "var/lib/dpkg/info/python3-six.list": f"/{SITE}/six.py\n/{SITE}/six.egg-info\n".encode(),
    f"{SITE}/six.py": b"x = 1\n",
    f"{SITE}/six.egg-info": b"Metadata-Version: 2.1\nName: six\nVersion: 1.16\n",
    "var/lib/dpkg/info/.wh.tzdata.list": b"",
    "usr/share/.wh.tz": b"",
}
APP: Layer = {
    "app/node_modules/@x/y/package.json": b'{"name":"@x/y","version":"3"}',
    "app/package-lock.json": b'{"lockfileVersion":3,"packages":{"node_modules/z":{"version":"1"}}}',
    "app/tool": File(ELF, mode=0o755),
    f"app/{HOSTILE}".encode("utf-8", "replace").decode(): b"",
}
STEPS = ("FROM base", "RUN apt-get install python3-six", "COPY . /app")
VIEW = assembly.with_inventory(
    image(BASE, INSTALL, APP, observers=assembly.observers(), history=STEPS)
)
INSTALLED = replace(ANALYSIS, images=(replace(IMAGE, view=VIEW),))
