"""Files that are credentials by their name."""

import pytest

from ocianalyze.detectors.secrets import names
from ocianalyze.layers.observer import Seen


def kind(path: str, size: int = 9) -> str:
    tap = names.observer().open(Seen(path.encode(), size, 0o600), memoryview(b"x" * size))
    value = tap.close() if tap else None
    return (value or b"").decode().removeprefix("file-")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("root/.git-credentials", "git-credentials"),
        ("home/a/.netrc", "netrc"),
        ("root/.kube/config", "kubeconfig"),
        ("etc/kubernetes/admin.conf", "kubeconfig"),
        ("home/a/.ssh/id_ed25519", "ssh-private-key"),
        ("etc/ssh/ssh_host_rsa_key", "ssh-host-key"),
        ("app/prod.tfstate", "terraform-state"),
        ("root/.aws/credentials", "aws-credentials"),
        ("root/.config/gcloud/credentials.db", "gcloud-credentials"),
        ("root/.pgpass", "pgpass"),
        ("root/.bash_history", "shell-history"),
        ("run/secrets/db", "run-secrets"),
        ("root/.vault-token", "vault-token"),
        ("app/config/master.key", "master-key"),
        ("var/www/wp-config.php", "wordpress-config"),
        ("root/.docker/config.json", "docker-config"),
        ("app/store.jks", "keystore"),
        ("etc/krb5.keytab", "keytab"),
        ("root/a.kdbx", "password-database"),
        ("etc/ldap.secret", "ldap-secret"),
    ],
)
def test_a_credential_file_is_told_by_its_place(path: str, expected: str) -> None:
    assert kind(path) == expected


@pytest.mark.parametrize(
    "path",
    ["etc/config", "app/config.json", "usr/lib/credentials", "etc/ssh/ssh_host_rsa_key.pub", "a/b"],
)
def test_a_name_alone_is_not_enough_where_the_folder_decides(path: str) -> None:
    assert not kind(path)


def test_an_empty_mount_point_is_no_secret() -> None:
    assert not kind("run/secrets/db", size=0)


@pytest.mark.parametrize("named", names.table(), ids=lambda named: named.rule.id)
def test_every_row_is_of_little_weight_and_says_what_to_do(named: names.Named) -> None:
    assert named.rule.severity in ("info", "low")
    assert named.rule.remediation
    assert named.rule.title
    assert any(named.where.values())


def test_all_that_is_wanted_is_asked_for() -> None:
    interest = names.observer().interest
    assert b".netrc" in interest.names
    assert b".tfstate" in interest.suffixes
    assert b"run/secrets" in interest.directories
