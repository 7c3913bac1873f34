"""The rows, in groups that `--only` names."""

import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from statistics import median

from tests.benchmarks import inputs, mixed, programs
from tests.benchmarks.bill import COMPONENTS
from tests.benchmarks.measure import Command, Outcome, rounds, run
from tests.benchmarks.table import Bar, Row, added, lasting, versus

_BARE = ("--skip", "packages", "--skip", "secrets")
_PACKAGES = ("--skip", "secrets")
_SECRETS = ("--skip", "packages")
_EVERY_FILE = ("--verify", "full")
_MIXED = "mixed image (deb, Python, npm, Go, Java)"


@dataclass(frozen=True)
class Inputs:
    """What is measured, each made when it is first asked for, once in a folder."""

    folder: Path
    times: int

    @property
    def few(self) -> int:
        """Rounds with peers that take tens of seconds."""
        return min(self.times, 2)

    @cached_property
    def large(self) -> list[Path]:
        """Gzip layers of the large image."""
        return inputs.large(self.folder)

    @cached_property
    def large_oci(self) -> Path:
        """The large image with gzip layers."""
        return inputs.oci_archive(self.folder / "large-oci.tar", self.large)

    @cached_property
    def mixed(self) -> Path:
        """The mixed image with gzip layers."""
        return mixed.mixed(self.folder)


def _large(given: Inputs) -> Iterator[Row]:
    """Against the floor, with and without packages and secrets."""
    image, layers = given.large_oci, given.large
    commands = {
        **_ours(given.folder, image),
        "floor": programs.module("floor", *layers),
        "tarfile": programs.module("stdlib", *layers),
    }
    taken = rounds(commands, given.times)
    yield from _floored("large image", taken)
    yield versus("large image, packages and secrets", taken, "all", "tarfile")
    unkept = rounds({"all": programs.unkept(image)}, given.few)["all"]
    yield lasting("the same with `--no-store`", unkept)


def _verify(given: Inputs) -> Iterator[Row]:
    """Every file of packages against what is compared otherwise: programs, libraries, scripts."""
    images = {
        "large image": (given.large_oci, given.large),
        _MIXED: (given.mixed, mixed.layers(given.folder)),
    }
    for work, (image, layers) in images.items():
        commands = {
            "full": programs.ours(given.folder, image, *_PACKAGES, *_EVERY_FILE),
            "usual": programs.ours(given.folder, image, *_PACKAGES),
            "floor": programs.module("floor", *layers),
        }
        taken = rounds(commands, given.times)
        yield added(f"{work}, what `--verify full` adds", taken, "full", "usual", 0.6)


def _single(given: Inputs) -> Iterator[Row]:
    """One layer: inflate, digests and walk must overlap."""
    layer = given.large[0]
    image = inputs.oci_archive(given.folder / "single-oci.tar", [layer])
    commands = {**_ours(given.folder, image), "floor": programs.module("floor", layer)}
    yield from _floored("one large gzip layer", rounds(commands, given.times))


def _floored(work: str, taken: Mapping[str, Outcome]) -> Iterator[Row]:
    yield versus(f"{work}, neither packages nor secrets", taken, "bare", "floor", 1.3)
    yield versus(f"{work}, packages", taken, "packages", "floor", 1.5)
    yield versus(f"{work}, packages and secrets", taken, "all", "floor", 1.7)
    yield added(f"{work}, what secrets add", taken, "secrets", "bare", 0.3)
    yield added(f"{work}, what packages add", taken, "packages", "bare")


def _ours(folder: Path, image: Path) -> dict[str, Command]:
    return {
        "bare": programs.ours(folder, image, *_BARE),
        "packages": programs.ours(folder, image, *_PACKAGES),
        "secrets": programs.ours(folder, image, *_SECRETS),
        "all": programs.ours(folder, image),
    }


def _plain(given: Inputs) -> Iterator[Row]:
    """Plain layers, which need no inflating."""
    layers = [layer.with_suffix("") for layer in given.large]
    image = inputs.docker_archive(given.folder / "large-docker.tar", layers)
    commands = {
        "all": programs.ours(given.folder, image),
        "dive": programs.dive(image),
        "syft": programs.syft(image),
    }
    taken = rounds(commands, given.few)
    for peer in ("dive", "syft"):
        yield versus("large image, plain layers, docker archive", taken, "all", peer)


def _many(given: Inputs) -> Iterator[Row]:
    """Entries, not bytes."""
    layer = inputs.many(given.folder)
    image = inputs.docker_archive(given.folder / "many-docker.tar", [layer])
    commands = {
        "bare": programs.ours(given.folder, image, *_BARE),
        "packages": programs.ours(given.folder, image, *_PACKAGES),
        "all": programs.ours(given.folder, image),
        "dive": programs.dive(image),
        "syft": programs.syft(image),
        "tarfile": programs.module("stdlib", layer),
    }
    taken = rounds(commands, given.times)
    bars = {"dive": 1.2, "syft": 1 / 6, "tarfile": None}
    parts = {
        "bare": "indexed and hashed",
        "packages": "packages",
        "all": "packages and secrets",
    }
    for ours, said in parts.items():
        for peer, bar in bars.items():
            yield versus(f"{inputs.MANY:,} tiny files, {said}", taken, ours, peer, bar)


def _kept(given: Inputs) -> Iterator[Row]:
    """The second time, from what the first one kept."""
    store = given.folder / "kept"
    shutil.rmtree(store, ignore_errors=True)
    run(programs.kept(store, given.large_oci))
    commands = {
        "again": programs.kept(store, given.large_oci),
        "profile": programs.kept(store, given.large_oci, "--profile", "l1"),
    }
    taken = rounds(commands, given.times)
    shutil.rmtree(store)
    yield lasting("large image again, facts kept", taken["again"], 0.4)
    yield lasting("the same with another profile", taken["profile"], 0.5)


def _start(given: Inputs) -> Iterator[Row]:
    """What every command pays."""
    taken = rounds({"ours": programs.version()}, 2 * given.times)
    yield lasting("`--version`", taken["ours"], 0.12)


def _mixed(given: Inputs) -> Iterator[Row]:
    """Packages of every kind."""
    image, folder = given.mixed, given.folder
    ours = {**_ours(folder, image), "floor": programs.module("floor", *mixed.layers(folder))}
    yield from _floored(_MIXED, rounds(ours, given.times))
    commands = {
        "packages": ours["packages"],
        "all": ours["all"],
        "syft": programs.syft(image),
        "trivy packages": programs.trivy(folder, image, "--format", "cyclonedx"),
        "trivy packages, licences, secrets": programs.trivy(
            folder, image, "--scanners", "license,secret", "--list-all-pkgs", "--format", "json"
        ),
    }
    taken = rounds(commands, given.few)
    yield versus(f"{_MIXED}, packages", taken, "packages", "syft", 0.1)
    yield versus(f"{_MIXED}, packages", taken, "packages", "trivy packages", 1)
    yield versus(f"{_MIXED}, packages and secrets", taken, "all", "syft", 0.1)
    both = "trivy packages, licences, secrets"
    yield versus(f"{_MIXED}, packages and secrets", taken, "all", both, 0.5)


def _secrets(given: Inputs) -> Iterator[Row]:
    """Secrets alone, on the archive that all of them read."""
    image, folder = given.mixed, given.folder
    commands = {
        "ours": programs.ours(folder, image, *_SECRETS),
        "kingfisher": programs.kingfisher(folder, image),
        "trivy secrets": programs.trivy(folder, image, "--scanners", "secret", "--format", "json"),
    }
    taken = rounds(commands, given.few)
    for peer in ("kingfisher", "trivy secrets"):
        yield versus("mixed image, secrets", taken, "ours", peer)


def _search(given: Inputs) -> Iterator[Row]:
    """The engine alone, on one core."""
    layers, store = [layer.with_suffix("") for layer in given.large], programs.rules(given.folder)
    size, seconds, peak = _told(programs.module("search", store, *layers), given.times)
    speed = size / seconds / 1e9
    yield Row(
        "search for secrets alone, one process, processor time",
        seconds,
        peak,
        f"{size / 1e6:,.0f} MB, the plain layers of the large image",
        speed,
        Bar(1, "GB/s", least=True),
        f"{speed:.2f} GB/s",
    )


def _rules(given: Inputs) -> Iterator[Row]:
    """What a scan pays before the first byte."""
    store = programs.rules(given.folder)
    count, seconds, peak = _told(programs.module("loading", store), 2 * given.times)
    work = f"{count:,.0f} rules for secrets loaded, compiled before"
    yield Row(work, seconds, peak, "", seconds, Bar(0.05, "s"))


def _sbom(_given: Inputs) -> Iterator[Row]:
    """Writing alone."""
    for form in ("cyclonedx", "spdx"):
        size, seconds, peak = _told(programs.module("bill", form), _given.times)
        work = f"SBOM of {COMPONENTS:,} components written, {form}"
        yield Row(work, seconds, peak, f"{size / 1e6:.1f} MB", seconds, Bar(0.1, "s"))


def _told(command: Command, times: int) -> tuple[float, float, int]:
    """Return what a part of the program says of itself: an amount, seconds; and its peak memory."""
    runs = [run(command, keep=True) for _ in range(times + 1)][1:]
    amounts = [float(one.said.split()[0]) for one in runs]
    seconds = [float(one.said.split()[1]) for one in runs]
    return median(amounts), median(seconds), int(median(one.peak for one in runs))


GROUPS: Mapping[str, Callable[[Inputs], Iterator[Row]]] = {
    "large": _large,
    "single": _single,
    "plain": _plain,
    "many": _many,
    "kept": _kept,
    "mixed": _mixed,
    "verify": _verify,
    "secrets": _secrets,
    "search": _search,
    "rules": _rules,
    "sbom": _sbom,
    "start": _start,
}
