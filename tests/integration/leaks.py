"""An image with a secret in every field that a command may print, and the search for what leaked.

Each value is made up. A value leaked when a dozen of its characters in a row are in an output, or
all of a short one, in whatever coding: percent-coded any times, escaped for JSON, HTML or a shell,
in base64 or hex, in another case, with `-` for `_`, cut off. So a test needs no list of the forms
that outputs have.
"""

import base64
import binascii
import html
import io
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote, unquote

from testdata.planted import tokens
from tests.archives import Image, docker_archive
from tests.images import File, symlink, tar

PIECE = 12
"""Characters in a row that tell a value; of one that is cut off, reports may show fewer."""
_ROUNDS = 4
_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{12,}")
_HEX = re.compile(rb"(?:[0-9a-f]{2}){8,}")
_LETTERS = re.compile(r"[^a-z0-9]")


@dataclass
class Planted:
    """Values by the field that each was written into."""

    values: dict[str, str] = field(default_factory=dict)

    def token(self, field_: str) -> str:
        """Return a token with its checksum, of its own for each field."""
        return self._kept(field_, tokens.github(f"leaks {field_}"))

    def word(self, field_: str) -> str:
        """Return a password with characters that URLs, JSON and HTML have to escape."""
        return self._kept(field_, f"{tokens.letters(f'word {field_}', 10)}@+{field_[:2]}&%7")

    def address(self, field_: str, host: str = "git.acme.example/a.git") -> str:
        """Return a URL with a password, which is percent-coded in it."""
        return f"https://deploy:{quote(self.word(field_), safe='')}@{host}"

    def short(self, field_: str) -> str:
        """Return a password of seven characters."""
        return self._kept(field_, f"{tokens.letters(f'short {field_}', 5)}!4")

    def _kept(self, field_: str, value: str) -> str:
        self.values[field_] = value
        return value

    def leaked(self, output: bytes) -> list[str]:
        """Return the fields whose values an output tells."""
        seen = "\n".join(_readings(output))
        return sorted(name for name, value in self.values.items() if _is_told(value, seen))


Files = dict[str, File | bytes]


def _is_told(value: str, seen: str) -> bool:
    said = _LETTERS.sub("", value.removeprefix("ghp_").lower())
    size = min(PIECE, len(said))
    return any(said[at : at + size] in seen for at in range(len(said) - size + 1))


def _readings(output: bytes) -> Iterator[str]:
    """Yield an output as letters and digits alone, and so whatever is coded in it."""
    text = output.decode("utf-8", "replace")
    for _ in range(_ROUNDS):
        yield _LETTERS.sub("", text.lower())
        text = _unescaped(text)
    for coded in _coded(output):
        yield from (_LETTERS.sub("", coded.decode("latin-1").lower()),)


def _unescaped(text: str) -> str:
    text = re.sub(r"\\u00([0-9a-f]{2})|\\x([0-9a-f]{2})", _character, text)
    return html.unescape(unquote(text))


def _character(found: re.Match[str]) -> str:
    return chr(int(found[1] or found[2], 16))


def _coded(output: bytes) -> Iterator[bytes]:
    for found in _BASE64.finditer(output):
        text = found[0].replace(b"-", b"+").replace(b"_", b"/")
        for skipped in range(4):
            part = text[skipped:]
            yield base64.b64decode(part[: len(part) // 4 * 4])
    for found in _HEX.finditer(output):
        yield binascii.unhexlify(found[0])


def image(path: Path, planted: Planted) -> Path:
    """Write an image with values in its layer, config, names and annotations."""
    layer = tar(_files(planted))
    later = tar({"srv/later": b"x\n"})
    made = Image(
        [layer, later], config=_config(planted), names=[f"acme/leaks:{planted.token('tag')}"]
    )
    return docker_archive(path, [made])


def _config(planted: Planted) -> dict[str, object]:
    token, word = planted.token, planted.address
    return {
        "author": token("config author"),
        "created": f"2026-01-01T00:00:00Z{token('created')}",
        "variant": token("variant"),
        "os.version": token("os version"),
        "config": {
            "User": token("user"),
            "WorkingDir": f"/srv/{token('working directory')}",
            "Env": [f"A={token('env')}", f"INDEX={word('env address')}", f"PATH=/{token('path')}"],
            "Labels": {f"x={token('label name')}": "y", "org.acme.url": word("label address")},
            "ExposedPorts": {f"22/{token('port')}": {}},
            "Volumes": {f"/v/{token('volume')}": {}},
            "Entrypoint": ["/bin/sh", "-c", f"curl {word('entrypoint')}"],
            "Cmd": ["serve", "--with", token("command")],
            "StopSignal": token("stop signal"),
            "Healthcheck": {"Test": ["CMD-SHELL", f"curl {word('health check')} || exit 1"]},
            "OnBuild": [f"RUN fetch {token('on build')}"],
            "Shell": ["/bin/sh", token("shell")],
        },
        "history": [
            {
                "created_by": f"RUN |1 T={token('build argument')} /bin/sh -c apt-get update; "
                f"curl -fsSL {word('step')} | sh # buildkit",
                "author": token("step author"),
                "comment": token("step comment"),
                "created": token("step created"),
            },
            {"created_by": f"ADD {word('added')} /srv/ # buildkit"},
        ],
    }


def _files(planted: Planted) -> Files:
    parts = (_system, _in_names, _projects, _odd)
    return {path: file for part in parts for path, file in part(planted).items()}


def _system(planted: Planted) -> Files:
    token, word = planted.token, planted.address
    return {
        "etc/os-release": f'ID={token("id")}\nVERSION_ID={token("version id")}\n'
        f'NAME="{token("name")}"\nPRETTY_NAME="{"x" * 90}{token("pretty name")}"\n'
        f'VERSION_CODENAME={token("codename")}\nVARIANT_ID={token("variant id")}\n'.encode(),
        "etc/passwd": f"root:x:0:0:{token('gecos')}:/root:/bin/sh\n"
        f"{token('account')}:x:0:0::/:/{token('login shell')}\n".encode(),
        "etc/group": f"root:x:0:{token('member')}\n{token('group')}:x:0:\n".encode(),
        "etc/shadow": f"root:{token('shadow')}:1:0:99999:7:::\n".encode(),
        "etc/sudoers": f"{token('sudoer')} ALL=(ALL) NOPASSWD: /{token('sudo')}\n".encode(),
        "etc/ssh/sshd_config": f"AllowUsers {token('sshd')}\nBanner {token('banner')}\n"
        f"PermitRootLogin yes {token('root login')}\n".encode(),
        "etc/apt/sources.list": f"deb {word('apt')} stable main\n"
        f"deb [trusted=yes] {word('trusted')} stable main\n".encode(),
        "etc/yum.repos.d/a.repo": f"[{token('repo')}]\nbaseurl={word('yum')}\n"
        "gpgcheck=0\n".encode(),
        "etc/apk/repositories": f"{word('apk')}\n".encode(),
        "etc/apt/sources.list.d/short.list": f"deb [trusted=yes] https://u:{planted.short('short')}"
        f"@deb.acme.example/ stable main\n".encode(),
        "srv/short.conf": f"password: {planted.short('short assigned')}\n".encode(),
        "etc/pip.conf": f"[global]\nindex-url = {word('pip')}\ntrusted-host = a\n".encode(),
        "etc/docker/daemon.json": json.dumps({"insecure-registries": [word("daemon")]}).encode(),
        "etc/nginx/nginx.conf": f"user {token('nginx')};\nproxy_pass {word('proxy')};\n".encode(),
        "etc/login.defs": f"UMASK {token('umask')}\n".encode(),
        "etc/profile": f"umask {token('profile')}\nPATH=/{token('profile path')}:.\n".encode(),
        "entrypoint.sh": f"#!/bin/sh\ncurl -k {word('script')} | sh\n"
        f"chmod 777 /{token('chmod')}\n".encode(),
        "var/lib/dpkg/status": _dpkg(planted),
        "lib/apk/db/installed": f"P:{token('apk name')}\nV:1-{token('apk version')}\n"
        f"L:{token('apk license')}\nU:{word('apk home')}\nm:{token('apk author')}\n\n".encode(),
    }  # fmt: skip


def _in_names(planted: Planted) -> Files:
    token, word = planted.token, planted.address
    return {
        "srv/plain.env": "".join(
            f"{name}={token(f'{name} of a name')}\n" for name in ("HEX", "BASE64", "TWICE")
        ).encode(),
        "srv/index.env": f"INDEX={word('purl qualifier')}\n".encode(),
        f"srv/{token('HEX of a name').encode().hex()}": b"x",
        f"srv/{base64.b64encode(token('BASE64 of a name').encode()).decode()}": b"x",
        f"srv/{quote(quote(token('TWICE of a name').replace('_', '%5F')))}": b"x",
    }  # fmt: skip


def _projects(planted: Planted) -> Files:
    token, word = planted.token, planted.address
    site = "usr/lib/python3/dist-packages"
    return {
        f"{site}/a-1.dist-info/METADATA": _metadata(token("python name"), planted),
        f"{site}/a-1.dist-info/direct_url.json": json.dumps(
            {"url": word("direct url"), "vcs_info": {"vcs": "git", "commit_id": token("commit")}}
        ).encode(),
        f"{site}/{token('python folder')}-2.egg-info": b"Metadata-Version: 1.0\n",
        "srv/node_modules/a/package.json": json.dumps(
            {
                "name": token("npm name"),
                "version": token("npm version"),
                "license": {"type": token("npm license"), "url": word("npm license address")},
                "author": f"{token('npm author')} <a@{word('npm author address')}>",
            }
        ).encode(),
        "srv/package-lock.json": _npm_lock(planted),
        "srv/yarn.lock": f'"a@git+{word("yarn")}":\n  version "{token("yarn version")}"\n'
        f'  resolved "{word("yarn resolved")}"\n'.encode(),
        "srv/composer.lock": json.dumps(
            {"packages": [{"name": f"acme/{token('php')}", "version": f"dev-{word('php version')}",
                           "license": [token("php license")]}]}
        ).encode(),
        "srv/Gemfile.lock": f"GIT\n  remote: {word('gem remote')}\n  specs:\n"
        f"    {token('gem')} (1.0-{token('gem version')})\n".encode(),
        "srv/Package.resolved": json.dumps(
            {"version": 2, "pins": [{"identity": token("swift"), "kind": "remoteSourceControl",
                                     "location": word("swift location"),
                                     "state": {"version": "1.0"}}]}
        ).encode(),
        "srv/pubspec.lock": "packages:\n  a:\n    dependency: direct\n    description:\n"
        f'      url: "{word("dart")}"\n      resolved-ref: {token("dart revision")}\n'
        '    source: git\n    version: "1.0"\n'.encode(),
        "srv/bom.json": _bom(planted),
        "srv/a.jar": _jar(planted),
    }  # fmt: skip


def _odd(planted: Planted) -> Files:
    token = planted.token
    return {
        f"srv/{token('jar file')}-1.0.jar": b"PK\5\6" + bytes(18),
        f"srv/{token('folder')}/deep": File(b"\x7fELF", mode=0o4755),
        f"srv/{token('file')}": File(b"x", mode=0o666),
        f"srv/../{token('odd')}": b"x",
        "srv/link": symlink(f"/srv/{token('target')}"),
        "srv/marked": File(b"x", xattrs={"user.t": token("attribute").encode()}),
        "srv/owned": File(b"x", uname=token("owner"), gname=f"dba {token('owners')}"),
        "srv/owned/by": File(b"x", uname=f"a/b {token('owner with a slash')}"),
        f"srv/{token('attribute name')}": File(b"x", xattrs={f"user.{token('xattr')}": b"1"}),
        f"root/.ssh/{token('authorized')}": b"x",
    }  # fmt: skip


def _metadata(name: str, planted: Planted) -> bytes:
    token, word = planted.token, planted.address
    return (
        f"Metadata-Version: 2.1\nName: {name}\nVersion: 1+{token('python version')}\n"
        f"Author: {token('python author')}\nAuthor-email: a@{token('python email')}\n"
        f"License: {token('python license')} {word('python license address')}\n"
        f"Home-page: {word('python home')}\n"
    ).encode()


def _dpkg(planted: Planted) -> bytes:
    token, word = planted.token, planted.address
    return (
        f"Package: a-{token('deb')}\nStatus: install ok installed\n"
        f"Maintainer: {token('maintainer')} <a@b>\nHomepage: {word('homepage')}\n"
        f"Architecture: {token('arch')}\nVersion: 1:1~{token('deb version')}\n"
        f"Source: {token('source')} ({token('source version')})\n\n"
    ).encode()


def _npm_lock(planted: Planted) -> bytes:
    token, word = planted.token, planted.address
    packages = {
        "node_modules/b": {
            "version": f"git+{word('npm lock version')}#{token('npm lock commit')}",
            "resolved": word("npm resolved"),
            "license": token("npm lock license"),
        },
        f"node_modules/{token('npm lock name')}": {"version": "1.0.0"},
    }
    return json.dumps({"lockfileVersion": 3, "packages": packages}).encode()


def _bom(planted: Planted) -> bytes:
    token, word = planted.token, planted.address
    address = quote(word("purl qualifier"), safe="")
    component = {
        "type": "library",
        "name": token("bom name"),
        "version": "1",
        "purl": f"pkg:pypi/{token('bom purl')}@1?vcs_url=git%2B{address}",
        "licenses": [{"license": {"name": word("bom license")}}],
        "supplier": {"name": token("bom supplier")},
    }
    document = {"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [component]}
    return json.dumps(document).encode()


def _jar(planted: Planted) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as jar:
        jar.writestr(
            "META-INF/MANIFEST.MF",
            f"Manifest-Version: 1.0\nImplementation-Title: {planted.token('jar title')}\n"
            f"Implementation-Vendor: {planted.token('jar vendor')}\n"
            f"Implementation-Version: {planted.token('jar version')}\n",
        )
        jar.writestr("META-INF/maven/a/b/pom.properties",
                     f"groupId={planted.token('group id')}\nartifactId=b\n"
                     f"version=1-{planted.token('pom version')}\n")  # fmt: skip
    return buffer.getvalue()
