"""What is installed, whether it is supported, and what a policy says of it."""

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from ocianalyze.controls import values
from ocianalyze.controls._base import Control, Need, Parameter, undecided
from ocianalyze.controls.combined import Worst
from ocianalyze.controls.evidence import counted, gathered
from ocianalyze.controls.ocia.age import NOW, SUPPORT
from ocianalyze.controls.saying import judged, of_package
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Status, Verdict
from ocianalyze.model.package import Package

_WORD = re.compile(r"[^\s(),;|&]+")
_LICENCES = 64
"""Names of licences of one package that are compared."""


def inventoried(view: ImageView) -> Verdict:
    """Judge what could not be put into an inventory."""
    if view.inventory.problems:
        summary = f"not evaluated: {view.inventory.problems[0]}"[:60]
        return undecided("package-data-unread", summary)
    unowned, packages = view.inventory.unowned, view.packages()
    if not packages and not unowned:
        summary = "does not apply: no package and no executable"
        return Verdict(Status.NOT_APPLICABLE, "nothing-installed", summary)
    if not unowned:
        summary = f"{counted(len(packages), 'package')}, no executable beside them"
        return Verdict(Status.PASS, "inventoried", summary)
    told = gathered(
        Evidence(f"{x.kind} of no package", path=x.path, layer=x.layer, sha256=x.sha256)
        for x in unowned
    )
    count = counted(len(packages), "package")
    summary = f"{counted(len(unowned), 'executable')} of no package, {count}"
    if packages:
        return Verdict(Status.NEEDS_REVIEW, "partly-inventoried", summary, told)
    return Verdict(Status.FAIL, "nothing-inventoried", summary, told)


def licences(view: ImageView, *, denied: tuple[str, ...] = ()) -> Verdict:
    """Compare the licences of packages with those that a policy denies."""
    packages = view.packages()
    unknown = sum(not package.found.licenses for package in packages)
    if not denied:
        summary = f"not evaluated: no policy; {unknown} of {len(packages)} tell no licence"
        return undecided("no-licence-policy", summary[:60])
    verdict = judged(_licensed(packages, denied), "licence-denied", "licence denied")
    if verdict.status is not Status.PASS:
        return verdict
    if unknown:
        told = Evidence(f"{unknown} of {len(packages)} packages tell no licence", "package")
        summary = f"{unknown} of {len(packages)} packages tell no licence"
        return Verdict(Status.NEEDS_REVIEW, "licence-unknown", summary, (told,))
    summary = f"{counted(len(packages), 'package')}, none denied"
    return Verdict(Status.PASS, "no-licence-denied", summary)


def _licensed(packages: Sequence[Package], denied: Sequence[str]) -> Iterator[Evidence]:
    patterns = [pattern.casefold() for pattern in denied]
    for package in packages:
        words = _WORD.findall(" ".join(package.found.licenses)[: 64 * _LICENCES])[:_LICENCES]
        guilty = next((x for x in words if _any(x.casefold(), patterns)), "")
        if guilty:
            yield of_package(package, f"licence {guilty[:40]}")


def _any(text: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(text, pattern) for pattern in patterns)


def allowed(view: ImageView, *, denied: tuple[str, ...] = ()) -> Verdict:
    """Compare packages with those that a policy denies, by name or by purl."""
    if not denied:
        return undecided("no-deny-list", "not evaluated: no policy names denied packages")
    found = (
        of_package(package, "is denied")
        for package in view.packages()
        if _any(package.name, denied) or _any(package.purl, denied)
    )
    return judged(found, "package-denied", "denied")


def trusted(view: ImageView, *, types: tuple[str, ...] = ()) -> Verdict:
    """Compare where packages come from with the managers that a policy trusts."""
    if not types:
        return undecided("no-policy", "not evaluated: no policy names trusted package managers")
    found = (
        of_package(package, f"of type {package.type[:24]}")
        for package in view.packages()
        if package.type not in types
    )
    return judged(found, "manager-untrusted", "of another manager")


_PACKAGES = "packages of the final filesystem"
_NEEDS = frozenset[Need]({"filesystem", "packages"})
CONTROLS = (
    Control(
        id="s2c2f-INV-1",
        short="inventory",
        automation="partial",
        reads=f"{_PACKAGES}, and executables that none of them owns",
        decides="passes when packages own every executable; executables of no package need "
        "review, and fail where there is no package at all; does not apply to an image without "
        "either",
        limits="what was compiled or copied into a program is only known where the program tells",
        remediation="install by package manager, or ship an SBOM that names what was copied",
        evaluate=inventoried,
        needs=_NEEDS,
    ),
    Control(
        id="s2c2f-SCA-3",
        short="end of life",
        automation="partial",
        reads="os-release of the final filesystem, a table of ends of support, the day of --now",
        decides="as ocia-eol-distribution: fails when support of the distribution has ended; one "
        "with long-term support alone needs review",
        limits="ends of support of single packages and of language runtimes are not known",
        remediation=SUPPORT.remediation,
        evaluate=Worst((SUPPORT,)),
        needs=_NEEDS,
        parameters=(NOW,),
    ),
    Control(
        id="s2c2f-SCA-2",
        short="licences",
        automation="partial",
        reads=f"licences of the {_PACKAGES}, as recorded",
        decides="fails on a licence that a profile denies; a package without one needs review; "
        "without a profile nothing",
        limits="licences are as packages record them: texts of licences are not read",
        remediation="replace the package",
        evaluate=licences,
        needs=_NEEDS,
        parameters=(Parameter("denied", (), "patterns of licences, as AGPL-3.0*", values.pattern),),
        answers=("cis-ssc-3.2.3",),
    ),
    Control(
        id="s2c2f-ING-3",
        short="denied packages",
        automation="partial",
        reads=_PACKAGES,
        decides="fails on a package that a profile denies; without a profile nothing",
        limits="a package that hides its name",
        remediation="remove the package, or replace it",
        evaluate=allowed,
        needs=_NEEDS,
        parameters=(Parameter("denied", (), "patterns of names or purls", values.pattern),),
    ),
    Control(
        id="s2c2f-ING-1",
        short="trusted managers",
        automation="assist",
        reads=_PACKAGES,
        decides="fails on a package of a type that a profile does not trust; without a profile "
        "nothing",
        limits="a type tells the manager, not the repository that it was told to use",
        remediation="install the package by a manager that is trusted",
        evaluate=trusted,
        needs=_NEEDS,
        parameters=(
            Parameter("types", (), "purl types that are trusted, as deb and pypi", values.pattern),
        ),
    ),
)
