"""Packages are more than 60 days old (3.1.8): bounds of their age from files and layers.

A package is no younger than the layer that brought it, and no older than the files in it: package
managers keep the times that the packager gave them.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from ocianalyze.controls import values
from ocianalyze.controls._base import Control, Parameter, undecided
from ocianalyze.controls.aspects.history.days import LAST, created, day, of_seconds
from ocianalyze.controls.evidence import counted
from ocianalyze.controls.ocia.age import NOW
from ocianalyze.controls.saying import judged, of_package
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Status, Verdict
from ocianalyze.model.package import Package, Presence

_SHOWN = 5
"""Packages without a known age that are named."""


def evaluate(view: ImageView, *, now: str = "", days: int = 60) -> Verdict:
    """Compare what is known of each package's age with the days that it should have."""
    if not view.packages():
        return Verdict(Status.NOT_APPLICABLE, "no-packages", "does not apply: no packages")
    today = day(now) or created(view)
    if today is None or today > LAST:
        return undecided("no-date", "not evaluated: neither image nor --now names a day")
    brought = _brought(view)
    unsure = [x for x in view.packages() if _age(today, brought.get(x.introduced, today)) <= days]
    made = ((x, _made(x, view.once(_newest), brought)) for x in unsure)
    young = (of_package(x, f"of {of}") for x, of in made if of and _age(today, of) <= days)
    status = Status.NEEDS_REVIEW  # files may be younger than the release, and urgent ones are
    verdict = judged(young, "package-young", "young package", status=status, confidence="heuristic")
    return verdict if verdict.status is not Status.PASS else _not_young(view, unsure, days)


def _age(today: date, made: date) -> int:
    return (today - made).days


def _not_young(view: ImageView, unsure: Sequence[Package], days: int) -> Verdict:
    """Say what it means that no package is known to be young."""
    count = counted(len(view.packages()), "package")
    if unsure:
        told = (of_package(x, "age is not known") for x in unsure[:_SHOWN])
        summary = f"not evaluated: age of {len(unsure)} of {count} not known"
        return undecided("ages-unknown", summary, *told)
    summary = f"{count}, here for more than {counted(days, 'day')}"
    return Verdict(Status.PASS, "packages-old", summary, confidence="strong")


def _brought(view: ImageView) -> Mapping[int, date]:
    """Return the day of each layer whose step names one."""
    told = ((x.layer, day(x.created)) for x in view.history.steps)
    return {layer: made for layer, made in told if layer is not None and made}


def _made(package: Package, newest: Mapping[str, date], brought: Mapping[int, date]) -> date | None:
    """Return the day of a package's files; None where the build itself may have written it."""
    made, arrived = newest.get(package.purl), brought.get(package.introduced)
    return made if made and arrived and made < arrived else None


def _newest(view: ImageView) -> Mapping[str, date]:
    """Return by purl the usual day of the files of distributions' packages, where they came."""
    times: defaultdict[int, list[int]] = defaultdict(list)
    owners, packages = view.inventory.ownership.files, view.inventory.packages
    for layer in view.layers:
        for path, mtime in view.tree.table(layer.index, ("path", "mtime"), visible=True):
            for number in owners.get(str(path), ()):
                if isinstance(mtime, int) and _came(packages[number], layer.index):
                    times[number].append(mtime)
    return _days(packages, times)


def _came(package: Package, layer: int) -> bool:
    visible = package.presence is Presence.VISIBLE
    return visible and package.is_of_distribution and package.introduced == layer


def _days(packages: Sequence[Package], times: Mapping[int, Sequence[int]]) -> Mapping[str, date]:
    """Return the median, which single files that were touched do not move."""
    usual = {
        packages[x].purl: of_seconds(sorted(found)[(len(found) - 1) // 2])
        for x, found in times.items()
    }
    return {purl: made for purl, made in usual.items() if made and day(made.isoformat())}


CONTROL = Control(
    id="cis-ssc-3.1.8",
    short="packages' age",
    automation="partial",
    reads="times of the files of distributions' packages, days of the layers that brought "
    "packages, the day of --now or else the image's own",
    decides="a distribution's package whose files are younger than 60 days needs review: a fixed "
    "vulnerability is a reason to have it; passes when layers of before that time brought all "
    "packages; the age of all others is not known",
    limits="the day of a release is in no image: layers and files only bound it, and both can be "
    "set at will; packages of languages have the times of their installation",
    remediation="install versions that others have used for a while: pin them, or take packages "
    "from a snapshot of that day",
    evaluate=evaluate,
    needs=frozenset({"filesystem", "packages", "history"}),
    parameters=(
        NOW,
        Parameter("days", 60, "days that a package should have been released for", values.count),
    ),
)
