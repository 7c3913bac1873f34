"""A base ends where builder, time or the builder's own word say so; a mere CMD proves nothing."""

from collections.abc import Sequence
from typing import Any

import pytest

from ocianalyze.controls.aspects.base.origin import boundary
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Origin
from tests.images import File, Layer, image

ROOT: Layer = {"etc/passwd": b"root:x:0:0::/:\n", "bin/sh": File(b"#!", mode=0o755)}
IMPORT = f"/bin/sh -c #(nop) ADD file:{'0' * 64} in / "
OLD, BASE, NOW = "2025-05-01T10:00:00Z", "2025-05-06T10:00:00Z", "2025-05-11T10:00:00Z"
CLASSIC, BUILDKIT = "/bin/sh -c #(nop)  ", ""
UBI = "registry.access.redhat.com/ubi9/ubi-minimal:9.4"
BUILDPACK = {"comment": "buildkit.dockerfile.v0"}
Line = tuple[str, str, dict[str, Any]]


def _line(text: str, when: str, **more: Any) -> Line:
    return text, when, more


def _built(*lines: Line, root: Layer | None = None) -> ImageView:
    """Return an image whose steps make a layer each, but for those that set something."""
    entries = []
    for text, when, more in lines:
        made = text.removeprefix(CLASSIC).partition(" ")[0]
        empty = made not in ("RUN", "COPY", "ADD", "/bin/sh", "jib-core") and text != IMPORT
        entries.append({"created_by": text, "created": when, "empty_layer": empty, **more})
    count = sum(not entry["empty_layer"] for entry in entries)
    layers = [ROOT if root is None else root, *({f"x{n}": b""} for n in range(1, count))][:count]
    return image(*layers, history=entries)


def _origins(view: ImageView) -> list[Origin]:
    found = boundary(view)
    return [found.of_step(step.index) for step in view.history.steps]


def _told(*groups: tuple[Origin, int]) -> list[Origin]:
    return [origin for origin, count in groups for _ in range(count)]


def _classic(when: str, *texts: str) -> Sequence[Line]:
    return [
        _line(text if text == IMPORT or text[0] == "/" else CLASSIC + text, when) for text in texts
    ]


def _buildkit(when: str, *texts: str) -> Sequence[Line]:
    marked = (f"{x} # buildkit" if x[:3] in ("RUN", "COP", "ADD") else x for x in texts)
    return [_line(x, when, **BUILDPACK) for x in marked]


BASE_CLASSIC = _classic(OLD, IMPORT, 'CMD ["sh"]')
JENKINS = ("RUN one", "RUN two", 'ENTRYPOINT ["tini"]', 'CMD ["run"]', "COPY plugins.sh /bin/")


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (
            [*_buildkit(OLD, "ADD rootfs.tar.xz /", 'CMD ["sh"]'), *_buildkit(NOW, *JENKINS)],
            _told(("base", 2), ("author", 5)),
        ),
        (
            [
                *BASE_CLASSIC,
                *_classic(NOW, "/bin/sh -c x", 'ENTRYPOINT ["x"]', "COPY a in b", "CMD y"),
            ],
            _told(("base", 2), ("author", 4)),
        ),
        (
            [
                *BASE_CLASSIC,
                *_buildkit(BASE, "RUN python", 'CMD ["python3"]'),
                *_buildkit(NOW, "COPY . ."),
            ],
            _told(("base", 4), ("author", 1)),
        ),
        (
            [
                *BASE_CLASSIC,
                *_buildkit(BASE, "RUN node", "ENTRYPOINT e", 'CMD ["node"]', "ENV A=b"),
                *_buildkit(NOW, "ENV B=c", "COPY . ."),
            ],
            _told(("base", 6), ("author", 2)),
        ),
        (
            [*_classic(OLD, IMPORT), *_classic(OLD, 'CMD ["sh"]', "/bin/sh -c x", "CMD y")],
            _told(("base", 1), ("unknown", 1), ("author", 2)),
        ),
        (
            [*BASE_CLASSIC, *(_line("RUN make", NOW, author="kaniko") for _ in range(2))],
            _told(("base", 2), ("author", 2)),
        ),
        (
            [*BASE_CLASSIC, _line("jib-core", "1970-01-01T00:00:00Z", author="Jib")],
            _told(("base", 2), ("author", 1)),
        ),
    ],
    ids=["jenkins", "entrypoint-early", "python", "node", "one-hour", "kaniko", "jib"],
)
def test_the_base_ends_at_the_last_start_that_something_confirms(
    lines: Sequence[Line], expected: list[Origin]
) -> None:
    assert _origins(_built(*lines)) == expected


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ({"created_by": "ko build ko://example.org/x", "author": "ko"}, ("base", "author")),
        ({"created_by": "jib-maven-plugin:3.4.4", "author": "Jib"}, ("base", "author")),
        ({"created_by": "Buildpacks Launcher Config"}, ("base", "author")),
        ({"comment": "store paths: ['/nix/store/x']"}, ("base", "author")),
        ({"created_by": "bazel build //x"}, ("unknown", "unknown")),
    ],
    ids=["ko", "jib", "buildpacks", "nix", "bazel"],
)
def test_a_step_without_a_mark_below_those_of_a_builder_that_marks_all_is_the_bases(
    mark: dict[str, str], expected: tuple[Origin, Origin]
) -> None:
    """Distroless bases tell nothing at all, not even a time."""
    never = {"created": "0001-01-01T00:00:00Z"}
    view = image(ROOT, {"a": b""}, {"b": b""}, {"c": b""}, history=[
        never, never, {**never, **mark}, {**never, **mark},
    ])  # fmt: skip
    assert _origins(view) == _told((expected[0], 2), (expected[1], 2))


def test_a_step_without_a_mark_among_those_of_such_a_builder_is_no_bases() -> None:
    """Only below the first of its marks."""
    never, mark = {"created": "0001-01-01T00:00:00Z"}, {"author": "ko"}
    layers: list[Layer] = [ROOT, {"a": b""}, {"b": b""}, {"c": b""}]
    view = image(*layers, history=[never, never | mark, never, never | mark])
    assert _origins(view) == _told(("base", 1), ("author", 3))


@pytest.mark.parametrize("count", [1, 2])
def test_a_start_that_nothing_confirms_leaves_it_unknown_whose_the_steps_are(count: int) -> None:
    """The author may build on a base of the same hour, or set a start early."""
    steps = ["/bin/sh -c x"] * count
    view = _built(*_classic(OLD, IMPORT, *steps, 'CMD ["sh"]', "/bin/sh -c y"))
    assert _origins(view) == _told(("base", 1), ("unknown", count + 1), ("author", 1))
    found = boundary(view)
    assert (found.confidence, found.excuses(1), found.excuses(0)) == ("heuristic", False, True)
    layers = [found.of_layer(layer.index) for layer in view.layers]
    assert layers == _told(("base", 1), ("unknown", count), ("author", 1))


def _ubi(*own: Line) -> ImageView:
    imported = {"comment": "Imported from -", "empty_layer": False}
    return _built(_line("", OLD, **imported), *_classic(OLD, "LABEL a=b", "CMD sh"), *own)


def test_buildah_says_where_its_own_build_begins_and_on_what() -> None:
    said = {"comment": f"FROM {UBI}"}
    view = _ubi(
        _line("/bin/sh -c microdnf update", NOW, **said),
        _line(f"{CLASSIC}ENTRYPOINT e", OLD, comment="FROM 0123456789ab"),
        _line("/bin/sh -c make", OLD, comment=f"FROM {'0123456789abcdef' * 4}"),
    )
    found = boundary(view)
    assert (found.steps, found.layers, found.confidence) == (3, 1, "strong")
    assert found.method == f"history step 3 says FROM {UBI}"
    assert found.claimed is not None
    assert (found.claimed.name, found.claimed.told_by) == (UBI, "history")


def test_buildah_before_1_37_says_it_at_the_last_step_of_its_only_layer() -> None:
    own = [_line(f"{CLASSIC}ENV A=b", NOW), _line(f"{CLASSIC}USER 1", NOW)]
    view = _ubi(*own, _line("/bin/sh -c make", NOW, comment=f"FROM {UBI}"))
    assert boundary(view)[:2] == (3, 1)


def test_the_last_of_several_builds_by_buildah_counts() -> None:
    view = _ubi(
        _line("/bin/sh -c one", OLD, comment=f"FROM {UBI}"),
        _line("/bin/sh -c two", NOW, comment="FROM quay.io/me/one:1"),
    )
    found = boundary(view)
    assert (found.steps, found.claimed.name if found.claimed else "") == (4, "quay.io/me/one:1")


@pytest.mark.parametrize(
    "comment", ["FROM scratch", "FROM a b", "FROM ", "x FROM a", "FROM " + "a" * 256]
)
def test_other_comments_name_no_base(comment: str) -> None:
    found = boundary(_ubi(_line("/bin/sh -c make", OLD, comment=comment)))
    assert (found.claimed, found.confidence) == (None, "heuristic")


@pytest.mark.parametrize("lines", [("COPY app /",), ("COPY app /", "COPY b /", "ENTRYPOINT /app")])
def test_an_image_from_scratch_is_all_the_authors(lines: Sequence[str]) -> None:
    view = _built(*_buildkit(NOW, *lines), root={"app": b""})
    assert set(_origins(view)) == {"author"}
    assert (boundary(view).confidence, boundary(view).base) == ("strong", None)


@pytest.mark.parametrize(
    "line", ["apko", "ko build ko://x", "bazel build ...", "jib-maven-plugin:3"]
)
def test_without_a_dockerfile_nobody_is_named(line: str) -> None:
    view = image({"app": b""}, {"b": b""}, history=[line, line])
    assert set(_origins(view)) == ({"unknown"} if line != "apko" else {"base", "author"})
