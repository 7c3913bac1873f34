"""Analyses made by hand, small and complete, for the tests of reports and of the command line."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ocianalyze.controls._base import Control, Recommendation, Result
from ocianalyze.filesystem.view import ImageView, LayerView
from ocianalyze.model.digest import Digest
from ocianalyze.model.entry import Entry, HardLink, Kind, State
from ocianalyze.model.finding import Evidence, Finding, Status, Verdict
from ocianalyze.model.history import History, Step
from ocianalyze.model.oci import ImageConfig, Platform, RunConfig
from ocianalyze.report._base import AnalysedImage, Analysis

HOSTILE = "a\x1b[31m\x07\n\u202egnp.exe\x9b2J\udcff\u2028b"
"""An escape sequence, a bell, a newline, a bidi override, C1, a byte of no UTF-8, a separator."""

TITLES = {
    "4.1": "Ensure that a user for the container has been created",
    "4.2": "Ensure that containers use only trusted base images",
    "4.3": "Ensure that unnecessary packages are not installed in the container",
    "4.4": "Ensure images are scanned and rebuilt to include security patches",
    "4.8": "Ensure setuid and setgid permissions are removed",
    "4.10": "Ensure secrets are not stored in Dockerfiles",
}


def digest(letter: str) -> Digest:
    """Return a digest that is easy to tell from others."""
    return Digest("sha256:" + letter * 64)


def entry(path: str, **fields: object) -> Entry:
    """Return a plain file of root in layer 0."""
    plain = Entry(
        path=path,
        kind=Kind.FILE,
        mode=0o644,
        uid=0,
        gid=0,
        uname="root",
        gname="root",
        mtime_ns=1_700_000_000_000_000_000,
        size=12,
        link="",
        device=None,
        xattrs={},
        sha256="ab" * 32,
        file_type="text",
        layer=0,
        member=0,
        state=State.VISIBLE,
        ended_by=None,
    )
    return plain._replace(**fields)  # type: ignore[arg-type]


OS_RELEASE = b'ID=demo\nPRETTY_NAME="Demo Linux 1 \xff\x1b[2J"\n'

ENTRIES = (
    entry("app", kind=Kind.DIRECTORY, mode=0o755, size=0, sha256="", layer=1),
    entry("app/id_ed25519", mode=0o600, layer=1, state=State.DELETED, ended_by=2),
    entry("app/run", kind=Kind.SYMLINK, mode=0o777, size=0, sha256="", link="../bin/su", layer=1),
    entry("bin/su", mode=0o4755, size=71_912, file_type="elf"),
    entry("dev/null", kind=Kind.CHARACTER_DEVICE, mode=0o666, size=0, sha256="", device=(1, 3)),
    entry("etc/os-release", size=len(OS_RELEASE)),
    entry(f"tmp/{HOSTILE}", uid=1000, gid=1000, uname="app", gname="app", layer=2),
)


@dataclass(frozen=True, slots=True)
class FakeTree:
    """The part of `Tree` that listings ask for."""

    entries: tuple[Entry, ...] = ENTRIES
    sha1: bytes = b""
    """Of every file; empty where the walk was not asked for it."""

    def files(
        self,
        *,
        mode: int = 0,
        names: frozenset[bytes] | None = None,
        xattrs: bool = False,
        types: frozenset[str] | None = None,
    ) -> Iterator[Entry]:
        """Yield visible files with any of the mode bits."""
        del names, xattrs, types
        return (e for e in self.visible() if e.kind is Kind.FILE and (e.mode & mode or not mode))

    def visible(self) -> Iterator[Entry]:
        """Yield what is visible."""
        return (e for e in self.entries if e.state is State.VISIBLE)

    def implicit(self) -> Iterator[Entry]:
        """Yield nothing: every directory has an entry."""
        return iter(())

    def hard_links(self) -> Iterator[HardLink]:
        """Yield nothing."""
        return iter(())

    def left_links(self) -> Iterator[Entry]:
        """Yield nothing."""
        return iter(())

    def specials(self, index: int) -> Iterator[str]:
        """Yield the paths of one layer's visible links and devices."""
        return (e.path for e in self.layer(index) if e.kind not in (Kind.FILE, Kind.DIRECTORY))

    def inode(self, entry: Entry) -> tuple[int, int]:
        """Return the entry's own place."""
        return entry.layer, entry.member

    def layer(self, index: int, within: Sequence[str] = ()) -> Iterator[Entry]:  # noqa: ARG002
        """Yield one layer's entries."""
        return (e for e in self.entries if e.layer == index)

    def table(
        self,
        index: int,  # noqa: ARG002
        fields: Sequence[str],  # noqa: ARG002
        *,
        visible: bool = False,  # noqa: ARG002
        within: frozenset[str] | None = None,  # noqa: ARG002
        is_spelled: bool = False,  # noqa: ARG002
    ) -> Iterator[tuple[str | int | None, ...]]:
        """Yield nothing."""
        return iter(())

    def get(self, path: str) -> Entry | None:
        """Return what is visible at a path."""
        return next((e for e in self.visible() if e.path == path), None)

    def resolve(self, path: str) -> Entry | None:
        """Return what is visible at a path."""
        return self.get(path)

    def real(self, path: str) -> str | None:
        """Return the path of what is visible there."""
        found = self.get(path)
        return found.path if found else None

    def children(self, path: str) -> Iterator[tuple[str, Entry]]:
        """Yield nothing."""
        del path
        return iter(())

    def names(self, path: str) -> list[str]:
        """Return nothing."""
        del path
        return []

    def listing(self, path: str) -> list[Entry]:
        """Return nothing."""
        del path
        return []

    def versions(self, path: str) -> list[Entry]:
        """Return all entries of a path."""
        return [e for e in self.entries if e.path == path]

    def observed(self, observer: str, entry: Entry) -> bytes | None:
        """Return the content of os-release, the SHA-1 of anything."""
        if observer == "sha1":
            return self.sha1 or None
        return OS_RELEASE if (observer, entry.path) == ("captured", "etc/os-release") else None

    def cut(self, observer: str) -> Iterator[Entry]:
        """Yield nothing."""
        del observer
        return iter(())

    def observed_in(self, layer: int, observer: str) -> Mapping[int, bytes]:
        """Return nothing."""
        del layer, observer
        return {}

    def observations(self, observer: str) -> Iterator[tuple[Entry, bytes]]:
        """Yield nothing."""
        del observer
        return iter(())


def control(number: str, short: str, level: int = 1) -> tuple[Control, Recommendation]:
    """Return a control whose number decides the rest."""
    return (
        Control(
            id=f"cis-docker-{number}",
            short=short,
            automation="full",
            reads="config.User, /etc/passwd",
            decides="passes when the user is not root",
            limits="what the runtime sets instead",
            remediation="RUN useradd -r app\nUSER app",
            evaluate=lambda _view: Verdict(Status.PASS, "x", "x"),
        ),
        Recommendation(
            framework="CIS Docker Benchmark",
            version="1.8.0",
            number=number,
            title=TITLES[number],
            level=level,
            assessment="manual",
        ),
    )


def result(number: str, short: str, verdict: Verdict, level: int = 1) -> Result:
    """Return what one control says."""
    return Result(*control(number, short, level), verdict)


RESULTS = (
    result(
        "4.10",
        "secrets",
        Verdict(
            Status.FAIL,
            "private-key",
            "private key deleted in layer 2 is still in layer 1",
            (
                Evidence(
                    "unencrypted OpenSSH key",
                    path="app/id_ed25519",
                    layer=1,
                    state=State.DELETED,
                    origin="author",
                    severity="critical",
                    sha256="cd" * 32,
                ),
            ),
            origin="author",
            remediation="build with --mount=type=secret; rotate the key",
        ),
    ),
    result(
        "4.1",
        "user",
        Verdict(
            Status.FAIL,
            "runs-as-root",
            "runs as root: User is empty",
            (Evidence("User is empty", kind="config", pointer="/config/User", origin="author"),),
            origin="author",
        ),
    ),
    result("4.2", "trusted base", Verdict(Status.NEEDS_REVIEW, "no-policy", "no policy names it")),
    result("4.3", "unneeded packages", Verdict(Status.PASS, "none", "nothing unneeded found")),
    result(
        "4.4",
        "security patches",
        Verdict(Status.NOT_EVALUATED, "no-database", "not evaluated: no vulnerability database"),
    ),
    result(
        "4.8",
        "setuid, setgid",
        Verdict(
            Status.FAIL,
            "setid",
            "9 files, 2 of them owned by no package, and this goes on for longer than a line",
            tuple(
                Evidence("mode 4755, uid 0", path=path, layer=0, origin="base", severity="high")
                for path in ("bin/su", "bin/mount")
            ),
            origin="base",
        ),
        level=2,
    ),
)

STEPS = (
    Step(0, "/bin/sh -c #(nop) ADD file:0a in / ", "ADD", "file:0a in /", "classic", layer=0),
    Step(1, 'CMD ["bash"]', "CMD", '["bash"]', "buildkit"),
    Step(2, "COPY . /app # buildkit", "COPY", ". /app", "buildkit", layer=1),
    Step(
        3,
        "RUN |1 TOKEN=not-a-real-one /bin/sh -c rm /app/id_ed25519",
        "RUN",
        "",
        "buildkit",
        layer=2,
    ),
)


def layer(index: int, step: int | None, **fields: object) -> LayerView:
    """Return a layer of 1 MB, 3 MB unpacked."""
    plain = LayerView(
        index=index,
        diff_id=digest(f"{index}"),
        digest=digest("abcdef"[index]),
        size=1_000_000,
        raw_size=3_000_000,
        compression="gzip",
        flavour="",
        entries=100,
        missing="",
        partial="",
        step=step,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


FINDINGS = (
    Finding(
        "tar.odd-name",
        "medium",
        "name holds control characters",
        path=f"tmp/{HOSTILE}",
        layer=2,
        detail=HOSTILE,
    ),
    Finding("tar.no-end-mark", "info", "archive ends without two zero blocks", layer=0),
)

VIEW = ImageView(
    config=ImageConfig(
        os="linux",
        architecture="amd64",
        config=RunConfig(
            env=["PATH=/bin", "DB_PASSWORD=not-a-real-one"],
            cmd=["bash"],
            labels={"maintainer": HOSTILE.replace("\udcff", "")},
        ),
    ),
    platform=Platform(os="linux", architecture="amd64"),
    history=History(STEPS),
    layers=(layer(0, 0), layer(1, 2), layer(2, 3)),
    tree=FakeTree(),
    findings=FINDINGS,
)

IMAGE = AnalysedImage(
    names=("team/app:1.4",),
    manifest_digest=None,
    config_digest=digest("3"),
    platform=VIEW.platform,
    view=VIEW,
    attestations=0,
    integrity="ok",
    digests_verified=1,
    diff_ids_verified=3,
    results=RESULTS,
)

PARTIAL = replace(
    IMAGE,
    names=(HOSTILE,),
    platform=Platform(os="linux", architecture="arm64", variant="v8"),
    view=replace(VIEW, layers=(layer(0, 0), layer(1, 2, missing="foreign"), layer(2, 3))),
    integrity="partial",
    results=RESULTS[2:4],
)


@dataclass(frozen=True, slots=True)
class FakeArtifact:
    """A signature beside the images."""

    name: str = f"sig {HOSTILE}"
    digest: Digest | None = digest("9")  # noqa: RUF009 - frozen
    media_type: str = "application/vnd.oci.image.manifest.v1+json"
    reason: str = "artifact type application/x"
    error: bool = False
    limit: str = ""


ANALYSIS = Analysis("somewhere/app.tar", "docker-archive", (IMAGE,))
SEVERAL = Analysis("oci:somewhere/layout", "oci-layout", (IMAGE, PARTIAL), (FakeArtifact(),))
