"""CIS Debian 7.1.12: files whose owner or group the account files do not know."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator

from ocianalyze.controls._base import Control
from ocianalyze.controls.cis_debian_12._files import GROUP, PASSWD, over, users
from ocianalyze.controls.cis_debian_12._say import MOST, inapplicable, judged
from ocianalyze.controls.cis_debian_12._survey import Found, Sort, entries, survey
from ocianalyze.controls.evidence import counted
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.finding import Evidence, Verdict

_Pair = tuple[int, int]
"""Owner and group."""


@over(PASSWD, also=(GROUP,))
def evaluate(view: ImageView) -> Verdict:
    """Judge every pair of owner and group once; without a group file only the owners."""
    if not view.once(users).accounts:
        return inapplicable("no-accounts", f"does not apply: {PASSWD} names nobody")
    return judged(_unknown(view), "unowned", "files of unknown owners")


def _unknown(view: ImageView) -> Iterator[Evidence]:
    known = view.once(users)
    uids = frozenset({0, *(x.uid for x in known.accounts)})
    has_groups = view.tree.resolve(GROUP) is not None
    gids = frozenset({0, *(x.gid for x in known.groups)})

    def is_strange(sort: Sort) -> bool:
        return sort.uid not in uids or (has_groups and sort.gid not in gids)

    counts: Counter[_Pair] = Counter()
    for sorts in view.once(survey):
        for sort, number in sorts.items():
            if is_strange(sort):
                counts[sort.uid, sort.gid] += number
    shown = dict(counts.most_common(MOST))
    first = _first(entries(view, is_strange), shown.keys()) if shown else {}
    for (uid, gid), number in shown.items():
        faults = [f"uid {uid}"] if uid not in uids else []
        faults += [f"gid {gid}"] if has_groups and gid not in gids else []
        held = counted(number, "file or directory", "files and directories")
        detail = f"{' and '.join(faults)} unknown: {held}"
        yield first[uid, gid].told(detail, "low")


def _first(found: Iterable[Found], pairs: Collection[_Pair]) -> dict[_Pair, Found]:
    """Return the first entry of each owner and group, without looking at more than it takes."""
    first: dict[_Pair, Found] = {}
    for one in found:
        pair = (one.sort.uid, one.sort.gid)
        if pair in pairs:
            first.setdefault(pair, one)
        if len(first) == len(pairs):
            break
    return first


CONTROL = Control(
    id="cis-debian-12-7.1.12",
    short="unknown owners",
    automation="full",
    reads="uid and gid of every file and directory of the final filesystem, etc/passwd and "
    "etc/group",
    decides="fails when a uid is in no line of etc/passwd or a gid in none of etc/group, with "
    "one piece of evidence for each pair; numbers of an application are common, so it weighs "
    "little; root needs no line; does not apply to an image without accounts",
    limits="users that only a runtime knows",
    remediation="RUN groupadd -g GID NAME && useradd -u UID -g GID NAME, or COPY --chown to "
    "somebody known",
    evaluate=evaluate,
    needs=frozenset({"filesystem"}),
)
