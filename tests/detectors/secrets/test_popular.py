"""What popular packages print is none; a leak of the same kind is one."""

import pytest

from ocianalyze.detectors.secrets.engine import Engine, engine
from ocianalyze.detectors.secrets.rule_files import by_id, shipped
from ocianalyze.detectors.secrets.search import Search

KEY = b"AIzaSyFrAyaQkBEqhTQP-oMlce8btrbvczWuWdP"
USER = b"name: %s\n  user:\n    username: vera\n    password: hNq4wZ81tK\n"
CASES = [
    ("kubeconfig-password", USER % b"Add a user", USER % b"vera"),
    (
        "yarn-npm-auth-token",
        b'npmAuthToken:{description:"Token"}',
        b"npmAuthToken: 3f9c61d27b1ae4d9",
    ),
    (
        "jwt-signing-secret",
        b'SESSION_KEY = "_auth_user_backend"',
        b'SESSION_KEY="_k8xT2vQ9mLz4Wp7R"',
    ),
    (
        "jwt-signing-secret",
        b"csrf_secret = _add_new_csrf_cookie(x)",
        b"csrf_secret = k8xT2vQ9mLz4Wp7R",
    ),
    ("generic-secret-assignment", b'"apiKey": "my_apiKeyOfMine"', b'"apiKey": "my_9fK2xQ7vLm4Tz8"'),
    (
        "generic-secret-assignment",
        b'"ApiKey": ".source_lever_hiring"',
        b'"ApiKey": ".s0urce_l3v3r_h1rx"',
    ),
    (
        "snowflake-password",
        b"Union[SnowflakePassword, SourceSnowflakeKeyPairAuthentication],",
        b"SnowflakePassword: SourceSn0wflakeKeyPair",
    ),
    (
        "ansible-password-variable",
        b"ansible_password=@PASSWORD",
        b"ansible_password=@PASSW0RDx7",
    ),
    (
        "npm-registry-token",
        rb"_authToken=\s*((npm_.+)|([A-Fa-f0-9-]{36})).*",
        b"_authToken=7oTrChNZP78K43OkclJUrPG63t8fnckd",
    ),
    ("google-api-key", b'apiKey: "' + KEY + b'",\n authDomain: "x"', b'apiKey: "' + KEY + b'",\n'),
    ("google-api-key", b"FIREBASE_API_KEY=" + KEY, b"MAPS_API_KEY=" + KEY),
    ("google-api-key", b'"current_key": "' + KEY + b'"', b'"maps_key": "' + KEY + b'"'),
]


@pytest.mark.parametrize(("rule", "printed", "leaked"), CASES)
def test_only_the_leak_is_told(rule: str, printed: bytes, leaked: bytes) -> None:
    looked = _of(rule)
    assert not Search(looked).find(printed)
    assert [one.rule.id for one in Search(looked).find(leaked)] == [rule]


def _of(rule: str) -> Engine:
    return engine((by_id(shipped())[rule],), "re")
