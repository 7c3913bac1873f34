"""External dependencies are locked (2.4.2): a lock file beside each manifest of the author's."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

from ocianalyze.controls._base import Control
from ocianalyze.controls.saying import judged, of_entry
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry
from ocianalyze.model.finding import Evidence, Status, Verdict

_LOCKS: Mapping[str, tuple[str, ...]] = {
    "package.json": (
        "package-lock.json",
        "npm-shrinkwrap.json",
        "yarn.lock",
        "pnpm-lock.yaml",
        "bun.lockb",
        "bun.lock",
    ),
    "composer.json": ("composer.lock",),
    "Gemfile": ("Gemfile.lock",),
    "Pipfile": ("Pipfile.lock",),
    "Cargo.toml": ("Cargo.lock",),
    "go.mod": ("go.sum",),
    "mix.exs": ("mix.lock",),
}
_NAMES = frozenset(name.encode() for name in _LOCKS)
_THEIRS = frozenset(
    {"node_modules", "vendor", "site-packages", "dist-packages", "gems", "bower_components"}
)
"""Directories in which packages that somebody installed have manifests of their own."""
_HOMES = ("usr/lib/", "usr/share/", "usr/local/lib/", "usr/src/linux", "root/.cargo/", "go/pkg/")
_REASON, _NOUN = "unlocked", "without a lock file"
_ALONE = "no lock file beside it"
_INNER = "no lock file beside it; a part of a tree without such a manifest"
_DEPTH = 32
"""Directories in which the root of a manifest's tree is looked for, the outermost first."""
_LEVELS = 4
"""Directories in which a lock is looked for, the manifest's own first."""


def evaluate(view: ImageView) -> Verdict:
    """Ask each manifest that no package brought for its lock, there or above."""
    manifests = tuple(_manifests(view))
    if not manifests:
        summary = "does not apply: no manifest of dependencies"
        return Verdict(Status.NOT_APPLICABLE, "no-manifest", summary)
    unlocked = [entry for entry in manifests if not _is_locked(view, entry)]
    inner = frozenset(_inner(view, unlocked))
    own = [entry for entry in unlocked if entry.path not in inner]
    found: Iterator[Evidence] = (
        of_entry(entry, _INNER if entry.path in inner else _ALONE, severity="low")
        for entry in sorted(unlocked, key=lambda one: one.path in inner)
    )
    if unlocked and not own:
        review = Status.NEEDS_REVIEW
        return judged(found, _REASON, _NOUN, status=review, confidence="heuristic")
    return judged(found, _REASON, _NOUN, confidence="strong")


def _manifests(view: ImageView) -> Iterator[Entry]:
    for entry in view.tree.files(names=_NAMES):
        theirs = not _THEIRS.isdisjoint(entry.path.split("/")) or entry.path.startswith(_HOMES)
        if not theirs and not view.inventory.ownership.of(entry.path):
            yield entry


def _inner(view: ImageView, manifests: Sequence[Entry]) -> Iterator[str]:
    """Yield manifests in a larger tree that its layer brought and whose root has no such one.

    Releases carry libraries as they are published: nobody installs by their manifests.
    """
    above: defaultdict[int, set[str]] = defaultdict(set)
    for entry in manifests:
        above[entry.layer].update(_above(entry.path))
    filled = set()
    for layer, wanted in above.items():
        fields, within = ("path", "kind"), frozenset(wanted)
        for path, kind in view.tree.table(layer, fields, visible=True, within=within):
            place = str(path).rpartition("/")[0]
            if kind == "file" and place in within:
                filled.add((layer, place))
    for entry in manifests:
        root = next((x for x in _above(entry.path) if (entry.layer, x) in filled), "")
        if root and view.tree.get(f"{root}/{entry.path.rpartition('/')[2]}") is None:
            yield entry.path


def _above(path: str) -> Iterator[str]:
    """Yield the directories above that of a file, the outermost first, without the root."""
    parts = path.split("/", _DEPTH)[:_DEPTH]
    for depth in range(1, len(parts) - 1):
        yield "/".join(parts[:depth])


def _is_locked(view: ImageView, entry: Entry) -> bool:
    """Tell whether a lock is beside a manifest, or above it as workspaces have it."""
    directory, _, name = entry.path.rpartition("/")
    for _ in range(_LEVELS):
        if any(view.tree.get(f"{directory}/{lock}".lstrip("/")) for lock in _LOCKS[name]):
            return True
        directory = directory.rpartition("/")[0]
    return False


CONTROL = Control(
    id="cis-ssc-2.4.2",
    short="dependencies locked",
    automation="assist",
    reads="names of manifests and lock files in the final filesystem, and who owns them",
    decides="fails on a manifest (package.json, composer.json, Gemfile, Pipfile, Cargo.toml, "
    "go.mod, mix.exs) without its lock file beside it or in the directories above; one in "
    "a larger tree of its layer, whose root has no such manifest, needs review, since releases "
    "carry libraries; those of installed packages are left out; does not apply where there is none",
    limits="a manifest without dependencies needs no lock; whether the build obeyed the lock is "
    "not in the image; what a compiled program was locked to is not either",
    remediation="commit the lock file, and install with npm ci, composer install, bundle install "
    "--frozen, cargo build --locked",
    evaluate=evaluate,
    needs=frozenset({"filesystem"}),
)
