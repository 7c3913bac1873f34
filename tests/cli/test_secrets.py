"""`secrets`: what is told, in which form, and what fails."""

import gzip
import json
from pathlib import Path

import pytest
from rich.cells import cell_len

from ocianalyze.model.report import SCHEMA_VERSION, SecretRecord
from testdata.planted import tokens
from tests import archives
from tests.cli.conftest import Command

TOKEN = tokens.github("command")
PASSWORD = f"DB_PASSWORD={tokens.password('command')}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a folder with a token that is proved and a password that only looks like one."""
    root = tmp_path / "work"
    root.mkdir()
    (root / "a.env").write_text(f"TOKEN={TOKEN}\n")
    (root / "b.env").write_text(PASSWORD)
    monkeypatch.setenv("OCIANALYZE_STORE", str(tmp_path / "store"))
    return root


def test_text_tells_each_secret_with_proof_and_place(command: Command, folder: Path) -> None:
    shown = command("secrets", str(folder))
    assert shown.status == 0
    lines = shown.out.splitlines()
    assert lines[:2] == [
        f"work  folder, 2 files, {len(TOKEN) + 7 + len(PASSWORD)} B",
        "2 secrets   1 critical, 1 high   1 verified",
    ]
    assert "CRITICAL  GitHub personal access token (classic)" in lines
    assert "          GitHub   token   ghp_**** (40)   verified-offline   checksum right" in lines
    assert "          - a.env  byte 6" in lines
    assert all(cell_len(line) <= 80 for line in lines)
    assert TOKEN not in shown.out + shown.err


def test_json_is_one_object_of_the_same_records_as_jsonl(command: Command, folder: Path) -> None:
    document = json.loads(command("secrets", str(folder), "-f", "json").out)
    lines = command("secrets", str(folder), "-f", "jsonl").out.splitlines()
    assert document["schema_version"] == SCHEMA_VERSION
    assert document["input"] == {"reference": "work", "kind": "folder"}
    assert [{"record": "secret", **one} for one in document["secrets"]] == [
        json.loads(line) for line in lines
    ]
    first, second = (SecretRecord.model_validate(one) for one in document["secrets"])
    assert (first.rule, first.proven, first.value) == ("github-pat", "verified-offline", None)
    assert first.image is None
    assert second.proven == "well-formed"


@pytest.mark.parametrize(
    ("words", "count", "status"),
    [
        pytest.param(["--only-verified"], 1, 0, id="verified"),
        pytest.param(["--severity", "critical"], 1, 0, id="severity"),
        pytest.param(["--fail-on", "critical"], 2, 1, id="fails"),
        pytest.param(["--fail-on", "critical", "--severity", "critical"], 1, 1, id="both"),
    ],
)
def test_options_choose_and_fail(
    words: list[str], count: int, status: int, command: Command, folder: Path
) -> None:
    shown = command("secrets", str(folder), "-f", "jsonl", *words)
    assert (len(shown.out.splitlines()), shown.status) == (count, status)


def test_an_ignored_secret_stays_with_its_reason_and_fails_nothing(
    command: Command, folder: Path, tmp_path: Path
) -> None:
    ignore = tmp_path / "ignore.toml"
    ignore.write_text('[[ignore]]\nrule = "github-pat"\nreason = "revoked in May"\n')
    shown = command("secrets", str(folder), "--ignore", str(ignore), "--fail-on", "critical")
    assert shown.status == 0
    assert "1 ignored" in shown.out
    assert "ignored: revoked in May" in shown.out


def test_an_entry_that_expired_is_told_and_counts_no_more(
    command: Command, folder: Path, tmp_path: Path
) -> None:
    ignore = tmp_path / "ignore.toml"
    ignore.write_text(
        '[[ignore]]\nrule = "github-pat"\nreason = "for a month"\nexpires = 2020-01-31\n'
    )
    shown = command("secrets", str(folder), "--ignore", str(ignore), "--fail-on", "high")
    assert shown.status == 1
    assert "entry 1: expired on 2020-01-31; what it ignored counts again" in shown.err


def test_an_entry_that_names_nothing_is_told(
    command: Command, folder: Path, tmp_path: Path
) -> None:
    ignore = tmp_path / "ignore.toml"
    ignore.write_text(
        '[[ignore]]\nrule = "github-pta"\nreason = "a"\n[[ignore]]\npath = "*.env"\nreason = "b"\n'
    )
    shown = command("secrets", str(folder), "--ignore", str(ignore))
    assert "entry 1: no rule has the id 'github-pta'" in shown.err
    assert "entry 1: fits no secret that was found" in shown.err
    assert "entry 2" not in shown.err


def test_an_entry_that_names_one_of_two_places_says_so(
    command: Command, folder: Path, tmp_path: Path
) -> None:
    for name in ("x", "y"):
        (folder / name).write_text(f"token={TOKEN}\n")
    ignore = tmp_path / "ignore.toml"
    ignore.write_text('[[ignore]]\nrule = "github-pat"\npath = "x"\nreason = "a"\n')
    shown = command("secrets", str(folder), "--ignore", str(ignore))
    assert "entry 1: fits 1 of " in shown.err
    assert "places of a secret, which counts as long as one is left" in shown.err


def test_the_owner_may_see_values_after_a_warning(command: Command, folder: Path) -> None:
    shown = command("secrets", str(folder), "--show-secrets")
    assert f"value {TOKEN}" in shown.out
    assert "the output will hold secrets whole" in shown.err
    assert TOKEN not in shown.err


def test_the_environment_shows_no_values(
    command: Command, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OCIANALYZE_SHOW_SECRETS", "1")
    shown = command("secrets", str(folder))
    assert TOKEN not in shown.out + shown.err


def test_rules_of_the_user_count_too(command: Command, folder: Path, tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "acme-token.toml").write_text(RULE)
    (folder / "c").write_text("acme_0123456789ab\n")
    shown = command("secrets", str(folder), "--rules", str(rules), "-f", "jsonl")
    assert "acme-token" in [json.loads(line)["rule"] for line in shown.out.splitlines()]


def test_what_a_limit_kept_closed_is_told_and_makes_the_answer_partial(
    command: Command, folder: Path
) -> None:
    (folder / "c.gz").write_bytes(gzip.compress(bytes(3_000_000)))
    words = ("secrets", str(folder), "--limit", "inner-bytes=1000")
    shown = command(*words)
    assert shown.status == 4
    assert "  c.gz: limit inner_bytes (1000) reached" in shown.out.splitlines()
    (one,) = json.loads(command(*words, "-f", "json").out)["unread"]
    assert (one["why"], one["path"]) == ("limit", "c.gz")


def test_what_is_closed_is_told_and_is_not_partial(command: Command, folder: Path) -> None:
    (folder / "c.7z").write_bytes(b"7z\xbc\xaf" + bytes(99))
    shown = command("secrets", str(folder))
    assert shown.status == 0
    assert "  c.7z: it is packed as 7z, which is not read" in shown.out.splitlines()


def test_an_image_is_told_as_one(command: Command, demo: Path) -> None:
    shown = command("secrets", str(demo))
    assert shown.status == 0
    assert "  team/shop:1.4   linux/amd64   sha256:bf336e8caaf7" in shown.out.splitlines()


@pytest.mark.parametrize("words", [["/no/such/file"], ["/no/such/file", "-f", "json"]])
def test_nothing_there_is_one_line(words: list[str], command: Command) -> None:
    shown = command("secrets", *words)
    assert (shown.status, shown.out) == (3, "")
    assert shown.err.startswith("ocianalyze: /no/such/file: ")


RULE = """\
id = "acme-token"
title = "Acme token"
provider = "Acme"
kind = "token"
severity = "high"
pattern = '\\bacme_[0-9a-f]{12}\\b'
remediation = "Revoke it"
matches = ["acme_0123456789ab"]
misses = ["acme_xyz"]
"""


class TestRules:
    """`secrets rules`."""

    def test_the_list_names_every_rule(self, command: Command) -> None:
        shown = command("secrets", "rules", "list", "-f", "json")
        rules = json.loads(shown.out)["rules"]
        assert len(rules) >= 350
        assert command("secrets", "rules", "list").out.endswith(f"{len(rules):,} rules\n")

    def test_one_is_explained(self, command: Command) -> None:
        shown = command("secrets", "rules", "explain", "github-pat")
        assert "what may prove or disprove it\n  published-example, github-crc32\n" in shown.out

    def test_a_name_that_is_none_is_corrected(self, command: Command) -> None:
        shown = command("secrets", "rules", "explain", "github-pats")
        assert shown.status == 2
        assert "did you mean github-pat" in shown.err

    def test_rules_that_hold_pass(self, command: Command, tmp_path: Path) -> None:
        (tmp_path / "acme-token.toml").write_text(RULE)
        shown = command("secrets", "rules", "test", str(tmp_path))
        assert (shown.status, shown.out) == (0, "1 rule, 0 defects\n")

    @pytest.mark.parametrize(
        ("old", "new", "problem"),
        [
            ("acme_0123456789ab", "acme-0123456789ab", "line 8: does not find acme-0123456789ab"),
            ("acme_xyz", "acme_ba9876543210", "line 9: finds acme_ba9876543210, which it must"),
            ('id = "acme-token"', 'id = "other"', "line 1: the id other is not the name"),
            ("{12}", "{12", "acme-token.toml"),
            ("misses", "mises", "is no rule: 'unknown key mises'"),
            ('kind = "token"', "kind = ", "(at line 4, column 8)"),
            ('misses = ["acme_xyz"]', "", "has no misses"),
        ],
    )
    def test_what_does_not_hold_is_said_with_its_line(
        self, old: str, new: str, problem: str, command: Command, tmp_path: Path
    ) -> None:
        (tmp_path / "acme-token.toml").write_text(RULE.replace(old, new))
        shown = command("secrets", "rules", "test", str(tmp_path))
        assert shown.status == 1
        assert problem.replace("'", "") in shown.out.replace("'", "")

    def test_rules_of_gitleaks_are_imported_once(self, command: Command, tmp_path: Path) -> None:
        config = tmp_path / "gitleaks.toml"
        config.write_text("[[rules]]\nid = \"acme\"\nregex = '''acme_[0-9a-f]{12}'''\n")
        words = ("secrets", "rules", "import", str(config), str(tmp_path / "rules"))
        assert command(*words).out.startswith("1 rule written to ")
        assert (tmp_path / "rules" / "acme.toml").is_file()
        tried = command("secrets", "rules", "test", str(tmp_path / "rules"))
        assert tried.status == 0
        assert "acme.toml: has no examples" in tried.out
        assert tried.out.endswith("1 rule, 0 defects, 1 without examples\n")
        assert command(*words).status == 2
        assert command(*words, "--force").status == 0

    @pytest.mark.parametrize("more", [(), ("--strict",)], ids=["partly", "strict"])
    def test_an_import_in_part_says_so(
        self, more: tuple[str, ...], command: Command, tmp_path: Path
    ) -> None:
        config = tmp_path / "gitleaks.toml"
        config.write_text(
            '[[rules]]\nid = "acme"\nregex = "acme_[0-9a-f]{12}"\n'
            '[[rules]]\nid = "acme-file"\npath = "secrets/"\n'
        )
        shown = command("secrets", "rules", "import", str(config), str(tmp_path / "r"), *more)
        assert shown.status == 4
        assert shown.out.endswith("; 1 of its parts not taken over\n")
        assert (tmp_path / "r" / "acme.toml").exists() is not bool(more)
        assert "rule acme-file: not taken over" in shown.err


@pytest.mark.parametrize(
    ("file", "ended", "said"),
    [
        pytest.param(
            ("a.tar", b""), 4, "named as an archive, but an empty file", id="empty-archive"
        ),
        pytest.param(("a.tar.gz", b"noise" * 99), 4, "named as an archive, but", id="noise"),
        pytest.param(("A.TGZ", bytes(10_240)), 4, "but the archive is empty", id="no-member"),
        pytest.param(("a.oci", b"{}"), 4, "named as an archive, but", id="other"),
        pytest.param(("saved", gzip.compress(bytes(range(256)))[:99]), 4, "cut off", id="cut-off"),
        pytest.param(("a.env", b""), 0, "an empty file: there is nothing to look at", id="empty"),
        pytest.param(("a.tar.sha256", b"noise"), 0, "", id="about-an-archive"),
        pytest.param(("a.bin", b"noise" * 99), 0, "", id="any-file"),
    ],
)
def test_what_promises_an_archive_and_is_none_does_not_pass_as_clean(
    file: tuple[str, bytes], ended: int, said: str, command: Command, tmp_path: Path
) -> None:
    path = tmp_path / file[0]
    path.write_bytes(file[1])
    kept = str(tmp_path.parent / "store")
    shown = command("secrets", str(path), "--fail-on", "info", "-f", "json", "--store", kept)
    assert shown.status == ended
    assert said in shown.err if said else shown.err == ""
    unread = json.loads(shown.out)["unread"]
    assert [one["why"] for one in unread] == ["damaged"] * (ended == 4)


def test_a_tar_of_images_is_searched_as_the_sound_archive_that_it_is(
    command: Command, tmp_path: Path
) -> None:
    """No image, which a scan refuses; nothing of it is broken."""
    layer = archives.tar({"app/.env": f"TOKEN={TOKEN}\n".encode()})
    saved = archives.tar({**archives.files_oci([archives.Image([layer])])})
    path = archives.write_tar(tmp_path / "all.tar.gz", {"images/a.tar": saved}, outer="gzip")
    shown = command("secrets", str(path), "--fail-on", "critical", "-f", "json", "--no-store")
    assert shown.status == 1
    assert "archive" not in shown.err
    assert not json.loads(shown.out)["unread"]


def test_what_is_named_as_an_archive_is_searched_all_the_same(
    command: Command, tmp_path: Path
) -> None:
    path = tmp_path / "a.tar"
    path.write_text(f"TOKEN={TOKEN}\n")
    assert command("secrets", str(path), "--fail-on", "critical").status == 1
