"""Rules for files of known names see all of a file, however large it is."""

import pytest

from ocianalyze.detectors.secrets.by_name import by_name
from ocianalyze.detectors.secrets.inside.inner import unpacked
from ocianalyze.detectors.secrets.rule_files import shipped
from ocianalyze.detectors.secrets.small import observer
from ocianalyze.layers.observer import Seen
from ocianalyze.limits import MIB

PATH = b"srv/terraform.tfstate"
STATE = b'"db_password": "Tr0ub4dor-9x7Kq-one"'


@pytest.mark.parametrize("before", [0, 100, MIB, 3 * MIB])
@pytest.mark.parametrize("piece", [4_099, MIB])
def test_what_stands_far_behind_is_found(before: int, piece: int) -> None:
    data = b'{"text": "' + b"any word " * (before // 9) + b'", ' + STATE + b"}"
    rules = tuple(rule for rule in shipped() if rule.files)
    seen = observer(by_name(rules), bare=False)
    tap = seen.open(Seen(PATH, len(data), 0o644), memoryview(data[:64]))
    assert tap
    for at in range(0, len(data), piece):
        assert tap.feed(data[at : at + piece])
    found = unpacked(tap.close() or b"[[],[]]")
    assert [one.offset for one in found.hits] == [data.index(b"Tr0ub")]
    assert not found.unread
