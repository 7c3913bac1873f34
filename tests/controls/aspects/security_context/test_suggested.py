"""The suggested securityContext follows from what the image starts, exposes and may write."""

import struct
from collections.abc import Mapping
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ocianalyze.controls.aspects.security_context.flow import flow
from ocianalyze.controls.aspects.security_context.suggested import suggested, suggestion
from tests.controls.samples import passes
from tests.images import File, Layer, directory

ELF = b"\x7fELF\2\1\1" + bytes(57)
_TEXTS = st.text(st.characters(codec="utf-8"), max_size=12)
_NODES = st.recursive(
    _TEXTS | st.integers(-9, 99_999) | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=8,
)


def _capable(*bits: int) -> File:
    mask = sum(1 << bit for bit in bits)
    value = struct.pack("<IIIII", 2 << 24 | 1, mask, 0, 0, 0)
    return File(ELF, mode=0o755, xattrs={"security.capability": value})


def _container(layer: Layer, config: Mapping[str, Any]) -> Any:
    *_, said = suggested(passes(layer, config={"User": "1000:1000", **config}).view())
    (container,) = yaml.safe_load(said.detail)["containers"]
    return container


@given(_NODES)
def test_flow_reads_back_as_it_was(node: Any) -> None:
    """An independent reader of YAML agrees, whatever names an image has."""
    text = flow(node)
    assert "\n" not in text
    assert yaml.safe_load(text) == node


@pytest.mark.parametrize(
    ("ports", "added"),
    [
        pytest.param(["80/tcp"], ["NET_BIND_SERVICE"], id="low"),
        pytest.param(["1023/udp"], ["NET_BIND_SERVICE"], id="last-low"),
        pytest.param(["1024/tcp"], None, id="first-high"),
        pytest.param(["0/tcp", "70000", "x", "80-90/tcp"], None, id="no-ports"),
    ],
)
def test_low_ports_need_a_capability(ports: list[str], added: list[str] | None) -> None:
    container = _container({"app": b"x"}, {"ExposedPorts": {port: {} for port in ports}})
    capabilities = container["securityContext"]["capabilities"]
    assert capabilities == {"drop": ["ALL"]} | ({"add": added} if added else {})


def test_ports_are_named_with_their_protocol() -> None:
    container = _container({"app": b"x"}, {"ExposedPorts": {"8080/tcp": {}, "53/udp": {}}})
    assert container["ports"] == [
        {"containerPort": 53, "protocol": "UDP"},
        {"containerPort": 8080, "protocol": "TCP"},
    ]


def test_rights_of_what_starts_are_named_and_never_given_beyond_the_restricted_level() -> None:
    """Pod Security Standards, restricted: no escalation, and NET_BIND_SERVICE at most."""
    layer: Layer = {"app": _capable(13, 10, 12), "other": _capable(21)}
    context = _container(layer, {"Entrypoint": ["/app"]})["securityContext"]
    assert context["capabilities"] == {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}
    assert context["allowPrivilegeEscalation"] is False
    view = passes(layer, config={"User": "1000", "Entrypoint": ["/app"]}).view()
    told = [x.detail for x in suggested(view) if x.path]
    assert told == ["/app is started with rights of its own: NET_ADMIN, NET_RAW"]


@pytest.mark.parametrize(("start", "named"), [("/app", ["mode 4755"]), ("/other", [])])
def test_set_id_files_matter_only_where_the_image_starts_them(start: str, named: list[str]) -> None:
    layer: Layer = {"app": File(ELF, mode=0o4755), "other": File(ELF, mode=0o755)}
    view = passes(layer, config={"User": "1000", "Entrypoint": [start]}).view()
    assert [rights for _, rights in suggestion(view).privileged] == named


def test_every_mount_is_an_empty_directory_of_the_pod() -> None:
    layer: Layer = {"tmp": directory(0o1777)}
    view = passes(layer, config={"User": "1000", "Volumes": {"/data": {}}}).view()
    pod = yaml.safe_load(suggestion(view).text())
    mounts = pod["containers"][0]["volumeMounts"]
    assert {x["mountPath"] for x in mounts} == {"/data", "/tmp"}
    assert pod["volumes"] == [{"name": x["name"], "emptyDir": {}} for x in mounts]


@pytest.mark.parametrize(
    ("layer", "uid", "gid"),
    [
        pytest.param({"etc/passwd": b"app:x:1000:1001::/:/bin/sh\n"}, 1000, 1001, id="account"),
        pytest.param({"usr/sbin/adduser": b"x"}, 10001, 10001, id="adduser"),
        pytest.param({"etc/passwd": b"app:x:1000:4294967295::/:/x\n"}, 10001, 10001, id="no-gid"),
        pytest.param({"app": b"x"}, 10001, 10001, id="bare"),
    ],
)
def test_root_images_get_the_user_that_4_1_advises(layer: Layer, uid: int, gid: int) -> None:
    made = suggestion(passes(layer, config={"User": ""}).view())
    assert (made.uid, made.gid) == (uid, gid)


@pytest.mark.parametrize("user", ["x USER 0 ", "USER 7,", "5x", "a\nUSER 8"])
def test_a_name_that_looks_like_advice_is_none(user: str) -> None:
    assert suggestion(passes({"app": b"x"}, config={"User": user}).view()).uid == 10001


def test_writable_directories_become_mounts_topmost_only() -> None:
    layer: Layer = {
        "./": File(kind="d", mode=0o755, uid=1000),
        "tmp": directory(0o1777),
        "srv/data": File(kind="d", mode=0o755, uid=1000),
        "srv/data/deep": File(kind="d", mode=0o755, uid=1000),
        "srv/group": File(kind="d", mode=0o775, gid=1000),
        "srv/read": File(kind="d", mode=0o755, gid=1000),
        "dev/shm": directory(0o1777),
    }
    container = _container(layer, {"Volumes": {"/var/lib/db": {}, "/srv/data/deep": {}}})
    paths = [mount["mountPath"] for mount in container["volumeMounts"]]
    assert paths == ["/srv/data", "/srv/group", "/tmp", "/var/lib/db"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True


def test_a_mount_never_hides_files_of_the_image() -> None:
    own = File(kind="d", mode=0o755, uid=1000)
    layer: Layer = {
        "app": own,
        "app/main.py": b"x",
        "app/uploads": own,
        "app/cache": own,
        "app/cache/deep": own,
        "app/lib": directory(),
        "app/lib/x": b"x",
        "tmp": directory(0o1777),
        "tmp/leftover": b"x",
    }
    container = _container(layer, {})
    paths = [mount["mountPath"] for mount in container["volumeMounts"]]
    assert paths == ["/app/cache", "/app/uploads", "/tmp"]
    assert container["securityContext"]["readOnlyRootFilesystem"] is True


def test_more_directories_than_are_looked_into_leave_the_root_writable() -> None:
    own = File(kind="d", mode=0o755, uid=1000)
    layer: Layer = {"app": own, "app/x": b"x", **{f"app/{n}": own for n in range(5_000)}}
    layer = {**layer, **{f"app/{n}/x": b"x" for n in range(5_000)}}
    assert "readOnlyRootFilesystem" not in _container(layer, {})["securityContext"]


def test_too_many_writable_directories_leave_the_root_writable() -> None:
    layer: Layer = {f"srv/{n:03}": File(kind="d", mode=0o755, uid=1000) for n in range(33)}
    assert "readOnlyRootFilesystem" not in _container(layer, {})["securityContext"]


def test_an_unread_layer_leaves_the_root_writable() -> None:
    view = passes({"app": b"x"}, None, config={"User": "1000"}).view()
    assert not suggestion(view).is_whole


@pytest.mark.parametrize("about", [{"os": "windows"}, {"has_config": False}], ids=str)
def test_no_suggestion_where_none_can_be_right(about: Mapping[str, Any]) -> None:
    assert not list(suggested(passes({"app": b"x"}, **about).view()))
