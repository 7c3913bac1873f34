"""The image: four layers (one in gzip, one in zstd), config, attestation, an orphaned blob."""

import base64
from collections.abc import Callable

import zstandard

from testdata.archive import as_json, descriptor, digest, encoded, outer
from testdata.demo.layer import Member, opaque, symlink, tar, whiteout, with_parents
from testdata.planted import packed
from testdata.planted.places import AWS_KEY_ID, FILES, INSIDE, KINDS, PLANTED, Planted, named

NAME = "acme/planted:1"
_TIME = 1_788_220_800
_OCI = "application/vnd.oci.image."
_PIECE = 256 << 10


def archive(*, compressed: bool = True) -> bytes:
    """Return the image as `docker save` writes it, an OCI layout with manifest.json beside it.

    Args:
        compressed: with a layer in gzip and one in zstd, and what only such layers hold; some
            tools read no such archive at all.

    """
    plain = [_base(), _author(), _cleaned(), _late()]
    stored = [*plain[:2], *(_compressed(*plain[2:]) if compressed else plain[2:])]
    config = as_json(_config(plain))
    kinds = ("", "", "+gzip", "+zstd") if compressed else ("",) * 4
    layers = [
        descriptor(f"{_OCI}layer.v1.tar{kind}", blob)
        for kind, blob in zip(kinds, stored, strict=True)
    ]
    manifest = as_json(_manifest(descriptor(_OCI + "config.v1+json", config), layers))
    attestation, attached = _attestation(manifest)
    orphan = b"forgotten\n" + named("blob that nothing refers to").line
    blobs = (*stored, config, manifest, *attached, orphan)
    files = {f"blobs/sha256/{encoded(blob)}": blob for blob in blobs}
    files["index.json"] = as_json(_index(manifest, attestation))
    places = [f"blobs/sha256/{encoded(blob)}" for blob in (config, *stored)]
    saved = {"Config": places[0], "RepoTags": [NAME], "Layers": places[1:]}
    files["manifest.json"] = as_json([saved])
    files["oci-layout"] = as_json({"imageLayoutVersion": "1.0.0"})
    return outer(files)


def _compressed(third: bytes, fourth: bytes) -> tuple[bytes, bytes]:
    """Return a layer in gzip and one in zstd, each with bytes that no reader unpacks."""
    tail = named("after the gzip stream").line
    frame = packed.skippable(named("skippable frame of zstd").line)
    return packed.gz(third) + tail, zstandard.compress(fourth) + frame


def _base() -> bytes:
    release = b'ID=acme\nPRETTY_NAME="Acme Linux 1"\n'
    return tar(with_parents([Member("etc/os-release", content=release)]), _TIME)


def _author() -> bytes:
    members = [Member(one.path, content=_content(one)) for one in FILES if one.layer == 1]
    members += [_packed(one) for one in INSIDE]
    members += [Member(one.path, mode=0o600, content=_of_kind(one)) for one in KINDS]
    for name in ("name of a file", "name of a folder"):
        members.append(Member(named(name).path, content=b"nothing\n"))
    link = named("target of a link")
    members.append(symlink(link.path, f"releases/{link.value}"))
    marked = named("extended attribute")
    members.append(Member(marked.path, content=b"x", xattrs={"user.token": marked.value}))
    members.append(Member("opt/padded", content=b"padding follows this text\n"))
    data = tar(with_parents(members), _TIME)
    return _padded(data) + named("after the tar's end").line


def _padded(data: bytes) -> bytes:
    """Return the layer with a line in the bytes that fill a member's last block."""
    text, line = b"padding follows this text\n", named("padding behind a file").line
    at = data.index(text) + len(text)
    return data[:at] + line + data[at + len(line) :]


def _cleaned() -> bytes:
    members = [
        Member("etc/acme.conf", content=b"token: from the environment\n"),
        whiteout("root/.netrc-old"),
        whiteout("srv/build"),
        opaque("var/cache/build"),
    ]
    return tar(with_parents(members), _TIME)


def _late() -> bytes:
    late = [one for one in FILES if one.layer == 3]
    return tar(with_parents(Member(one.path, content=one.line) for one in late), _TIME)


def _content(one: Planted) -> bytes:
    shapes: dict[str, Callable[[Planted], bytes]] = {
        "program": lambda it: packed.program(it.value),
        "across the border of a piece": _large,
        "one long line": lambda it: b"a=1;" * 50_000 + it.line.strip() + b";b=2" * 50_000,
        "SQLite database": lambda it: packed.sqlite(it.value),
        "Java class file": lambda it: packed.class_file(it.value),
        "compiled Python": lambda it: packed.pyc(it.value),
        "text in base64": lambda it: base64.encodebytes(it.line),
        "text in UTF-16": lambda it: it.line.decode().encode("utf-16"),
        "shell history": lambda it: b"ls\nexport GH_TOKEN=" + it.value.encode() + b"\nexit\n",
    }
    made = shapes.get(one.name)
    return made(one) if made else one.line


def _large(one: Planted) -> bytes:
    """Return a content that a reader's borders cut in different parts of its copies."""
    copy = one.line.ljust(61, b".")
    return copy * (4 * _PIECE // len(copy))


def _packed(one: Planted) -> Member:
    line = one.line
    made: dict[str, Callable[[], bytes]] = {
        "zip": lambda: packed.zipped(one.inner, line),
        "jar in a war": lambda: packed.zipped(
            "WEB-INF/lib/a.jar", packed.zipped("application.properties", line), stored=True
        ),
        "wheel": lambda: packed.zipped(one.inner, line),
        "tar.gz": lambda: packed.gz(packed.tarred("etc/token", line)),
        "tar.xz": lambda: packed.xz(packed.tarred("etc/token", line)),
        "tar.bz2": lambda: packed.bz(packed.tarred("etc/token", line)),
        "tar.zst": lambda: packed.zst(packed.tarred("etc/token", line)),
        "gz": lambda: packed.gz(line),
        "zst": lambda: packed.zst(line),
        "Debian package": lambda: packed.deb("etc/token", line),
        "Alpine package": lambda: packed.apk("etc/token", line),
        "pack of git": lambda: packed.git_pack(line),
    }
    if one.name == "loose object of git":
        return Member(one.path, mode=0o444, content=packed.git_object(line)[1])
    return Member(one.path, content=made[one.name]())


def _of_kind(one: Planted) -> bytes:
    texts = {
        "npm": "//registry.acme.example/:_authToken={}\n",
        "GitLab, routable": "https://oauth2:{}@gitlab.acme.example\n",
        "private key": "{}",
        "AWS": f"[default]\naws_access_key_id = {AWS_KEY_ID}\naws_secret_access_key = {{}}\n",
        "WireGuard": "[Interface]\nPrivateKey = {}\nAddress = 10.8.0.2/32\n",
        "database address": "url: postgresql://shop:{}@db.acme.internal:5432/shop\n",
        "Confluent": "sasl.password: {}\n",
    }
    return texts.get(one.name, "token: {}\n").format(one.value).encode()


def _config(layers: list[bytes]) -> dict[str, object]:
    def value(name: str) -> str:
        return named(name).value

    run = {
        "Env": ["PATH=/usr/bin:/bin", f"DEPLOY={value('Env')}"],
        "Entrypoint": ["/usr/local/bin/acme", value("Entrypoint")],
        "Cmd": ["serve", "--with", value("Cmd")],
        "Healthcheck": {"Test": ["CMD-SHELL", f"acme ping -H 'X-Key: {value('Healthcheck')}'"]},
        "OnBuild": [f"RUN acme login {value('OnBuild')}"],
        "Labels": {"com.example.deploy": value("label")},
    }
    built = f"RUN |1 GH={value('build argument in the history')} /bin/sh -c make # buildkit"
    history: list[dict[str, object]] = [
        {"created_by": "ADD rootfs.tar /"},
        {"created_by": built},
        {
            "created_by": "RUN /bin/sh -c make clean # buildkit",
            "comment": value("comment in the history"),
            "author": value("author in the history"),
        },
        {"created_by": "COPY late.txt /opt/ # buildkit"},
    ]
    return {
        "architecture": "amd64",
        "os": "linux",
        "config": run,
        "container_config": {"Env": [f"OLD={value('container_config')}"]},
        "rootfs": {"type": "layers", "diff_ids": [digest(layer) for layer in layers]},
        "history": history,
    }


def _manifest(config: dict[str, object], layers: list[dict[str, object]]) -> dict[str, object]:
    note = named("annotation of the manifest").value
    return {
        "schemaVersion": 2,
        "mediaType": f"{_OCI}manifest.v1+json",
        "config": config,
        "layers": layers,
        "annotations": {"com.example.built-with": note},
    }


def _attestation(manifest: bytes) -> tuple[bytes, tuple[bytes, ...]]:
    """Return the manifest of provenance as BuildKit attaches it, and its blobs."""
    arguments = {"build-arg:TOKEN": named("build argument in attached provenance").value}
    statement = as_json(
        {
            "_type": "https://in-toto.io/Statement/v0.1",
            "predicateType": "https://slsa.dev/provenance/v0.2",
            "subject": [{"name": NAME, "digest": {"sha256": encoded(manifest)}}],
            "predicate": {"invocation": {"parameters": {"args": arguments}}},
        }
    )
    config = as_json({"architecture": "unknown", "os": "unknown"})
    layer = descriptor("application/vnd.in-toto+json", statement)
    document = {
        "schemaVersion": 2,
        "mediaType": f"{_OCI}manifest.v1+json",
        "config": descriptor(f"{_OCI}config.v1+json", config),
        "layers": [layer],
    }
    made = as_json(document)
    return made, (made, config, statement)


def _index(manifest: bytes, attestation: bytes) -> dict[str, object]:
    kind = f"{_OCI}manifest.v1+json"
    attached = {
        "vnd.docker.reference.type": "attestation-manifest",
        "vnd.docker.reference.digest": digest(manifest),
    }
    unknown = {"architecture": "unknown", "os": "unknown"}
    names = {"io.containerd.image.name": f"docker.io/{NAME}"}
    return {
        "schemaVersion": 2,
        "mediaType": f"{_OCI}index.v1+json",
        "manifests": [
            {**descriptor(kind, manifest), "annotations": names},
            {**descriptor(kind, attestation), "annotations": attached, "platform": unknown},
        ],
    }


def secrets() -> list[str]:
    """Return every value that no output may hold."""
    return [one.value for one in PLANTED]
