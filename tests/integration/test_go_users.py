"""Users and groups of odd account files: ours against what umoci writes for a runtime."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from ocianalyze.controls.aspects.users.accounts import resolve
from tests.archives import Image, Layout, oci_layout, tar

pytestmark = pytest.mark.oracle
_APP = "app:x:1000:1000::/:/bin/sh\n"
_FILES = {
    "no-break-space": ("app", f"\xa0app:x:0:0::/:\n{_APP}", "\xa0wheel:x:10:app\n"),
    "next-line": ("app", f"\x85app:x:0:0::/:\n{_APP}", "wheel:x:10:app\x85\n"),
    "every-blank": ("app", f"\u1680\u2000\u202f\u205f\u3000app:x:0:0::/:\n{_APP}", ""),
    "zero-width-space": ("app", f"\u200bapp:x:0:0::/:\n{_APP}", ""),
    "separator": ("app", f"\x1capp:x:0:0::/:\n{_APP}", "wheel:x:10:app\x1f\n"),
    "33-bits": ("app", "app:x:4294967296:4294967297::/:\n", ""),
    "33-bits-asked-for": ("4294967296", "app:x:4294967296:4294967297::/:\n", ""),
    "33-bits-of-no-line": ("4294967296", _APP, ""),
    "65-bits": ("99999999999999999999", "99999999999999999999:x:0:0::/:\n", ""),
    "65-bits-of-no-line": ("99999999999999999999", _APP, ""),
    "least-number": ("app", "app:x:-99999999999999999999:5::/:\n", ""),
    "group-of-33-bits": ("app:4294967296", _APP, "g:x:4294967296:\n"),
    "group-of-65-bits": ("app:99999999999999999999", _APP, "99999999999999999999:x:7:\n"),
    "group-of-no-line": ("app:4294967296", _APP, "g:x:1:\n"),
    "member-of-33-bits": ("app", _APP, "g:x:4294967306:app\n"),
}


@pytest.mark.parametrize(("user", "passwd", "group"), _FILES.values(), ids=_FILES)
def test_umoci_starts_the_user_that_we_name(
    user: str, passwd: str, group: str, tool: Callable[[str], str], tmp_path: Path
) -> None:
    files = {"etc/passwd": passwd.encode(), "etc/group": group.encode()}
    image = Image([tar(dict(files))], {"config": {"User": user}}, ["t"])
    oci_layout(tmp_path / "layout", [image], Layout(layers="none"))
    bundle = tmp_path / "bundle"
    command = [tool("umoci"), "unpack", "--image", f"{tmp_path}/layout:t", str(bundle)]
    if os.geteuid():
        command.insert(2, "--rootless")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    own = resolve(user, files["etc/passwd"], files["etc/group"])
    if done.returncode:
        assert own.problem, done.stderr
        return
    theirs = json.loads((bundle / "config.json").read_bytes())["process"]["user"]
    assert (own.uid, own.gid, own.problem) == (theirs["uid"], theirs["gid"], "")
    if not own.explicit_group:
        mine = {one.gid for one in own.groups if one.gid != own.gid}
        assert mine == {*theirs.get("additionalGids", [])}
