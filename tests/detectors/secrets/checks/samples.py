"""One or more made-up or published values for every check, with the verdict that each deserves.

Where a checksum is part of a value, an independent implementation made it, or its publisher.
"""

import base64
import json
from dataclasses import dataclass, field

from ocianalyze.detectors.secrets._base import Proof
from tests.detectors.secrets.checks.matches import prove


@dataclass(frozen=True, slots=True)
class Sample:
    """A value and what its check must say; an empty verdict where it cannot tell."""

    check: str
    proven: str
    secret: str
    around: str = ""
    groups: dict[str, str] = field(default_factory=dict)

    def proof(self) -> Proof | None:
        """Return what the check says."""
        return prove(self.check, self.secret, self.around, **self.groups)


def b64(value: object) -> str:
    """Return base64 of bytes, of a text, or of JSON."""
    if isinstance(value, dict):
        value = json.dumps(value)
    data = value.encode() if isinstance(value, str) else value
    assert isinstance(data, bytes)
    return base64.b64encode(data).decode()


RIGHT, FORM, WRONG, NONE = "verified-offline", "well-formed", "disproved", "no-secret"
_SAS = "fp75EX0QFpCNPz9BAzsN%2BMNHuWp68lfTVdijeBMTf6D%3D"
_RANDOM = "q7Zr2Kp9Vw4Xs8Lt3Mn6Bc1Df5Gh0Jy"
_SALT = "t`DK%X:>xy|e-Z(BXb/f(Ur`8#~UzUQG-^_Cs_GHs5U-&Wb?pgn^p8(2@}IcnCa|"
_HMAC = "SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV_adQssw5c"
_JWT_HEAD = b64('{"alg":"HS256","typ":"JWT"}').rstrip("=")

SAMPLES = (
    Sample("github-crc32", RIGHT, "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"),
    Sample("github-crc32", WRONG, "npm_0123456789abcdefghijABCDEFGHIJ3mpbCY"),
    Sample("github-crc32", "", "ghp_" + 31 * "0" + "4WZ4EQ"),
    Sample("github-crc32", "", "ghs_" + 60 * "a"),
    Sample("grafana-crc32", RIGHT, "glsa_DuMmY-T0K3N-f0R-tHe-Te5t-CRC32Ok_770c8cda"),
    Sample("grafana-crc32", WRONG, "glsa_DuMmY-T0K3N-f0R-tHe-Te5t-CRC32Ok_770c8cdb"),
    Sample("gitlab-routable", WRONG, "glpat-" + 27 * "a" + ".0r0000000"),
    Sample("gitlab-routable", "", "glpat-" + 20 * "a"),
    Sample("gitlab-routable", "", "glpat-" + 27 * "a" + ".01.0r0000000"),
    Sample("atlassian-crc32", WRONG, "ATATT3" + 180 * "a" + "=00000000"),
    Sample("confluent-crc32", WRONG, "cflt" + 60 * "a"),
    Sample("zuplo-crc32", WRONG, "zpka_" + 32 * "a" + "_00000000"),
    Sample(
        "grafana-json", RIGHT, "glc_" + b64({"o": "7", "n": "ci", "k": _RANDOM, "m": {"r": "eu"}})
    ),
    Sample("grafana-json", RIGHT, b64({"k": _RANDOM, "n": "old", "id": 1})),
    Sample("grafana-json", WRONG, "glc_" + b64({"o": "7"})),
    Sample(
        "sentry-json",
        RIGHT,
        "sntrys_" + b64({"iat": 1.7e9, "url": "https://s.example", "org": "o"}) + "_" + 43 * "a",
    ),
    Sample("sentry-json", WRONG, "sntrys_" + b64("no JSON, only some text") + "_" + 43 * "a"),
    Sample("aws-key-id", WRONG, "AKIAIOSFODNN7EXAMPLE"),
    Sample("aws-key-id", FORM, "ASIAY34FZKBOKMUTVV7A"),
    Sample("aws-key-id", WRONG, "AKIA0189018901890189"),
    Sample("key-id-beside", RIGHT, "9" * 40, f"id = ASIAY34FZKBOKMUTVV7A\nsecret = {'9' * 40}\n"),
    Sample("key-id-beside", RIGHT, "9" * 32, f"SID=AC{'0a' * 16}\nTOKEN={'9' * 32}\n"),
    Sample("key-id-beside", "", "9" * 40, f"id = AKIAIOSFODNN7EXAMPLE\nsecret = {'9' * 40}\n"),
    Sample("key-id-beside", "", "9" * 40, f"secret = {'9' * 40}\n"),
    Sample("aws-session-token", RIGHT, b64(b"\x17\n\x06er/aws\x10" + bytes(range(256)))),
    Sample("aws-session-token", FORM, b64(b"!\n\torigin_ec\x10" + bytes(range(50)))),
    Sample("aws-session-token", "", b64(bytes(range(255)))),
    Sample("aws-bedrock", RIGHT, "ABSK" + b64(f"BedrockAPIKey-ab1c-at-123456789012:{_RANDOM}")),
    Sample("aws-bedrock", WRONG, "ABSK" + b64("some text of another kind" * 5)),
    Sample("azure-storage-key", FORM, b64(bytes(3 * at % 251 for at in range(64)))),
    Sample("azure-storage-key", WRONG, b64(bytes(64))),
    Sample("azure-storage-key", "", b64(bytes(range(63)))),
    Sample(
        "gcp-service-account",
        WRONG,
        '"private_key": "x"',
        '{"type": "service_account", "private_key": "x"}',
    ),
    Sample("gcp-service-account", "", '"type": "x"', '{"type": "x"}'),
    Sample(
        "jwt", WRONG, f"{_JWT_HEAD}.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0.{_HMAC}"
    ),
    Sample(
        "azure-sas",
        FORM,
        _SAS,
        f"sv=2023-11-03&se=2027-01-02&sr=c&sp=rl&sig={_SAS}",
    ),
    Sample("azure-sas", "", _SAS, f"sv=2023-11-03&sr=c&sp=rl&sig={_SAS}"),
    Sample("jwt", RIGHT, f"{_JWT_HEAD}.{b64({'iss': 'me', 'a': 1}).rstrip('=')}.{_HMAC}"),
    Sample("jwt", RIGHT, f"{_JWT_HEAD}.{b64({'role': 'service_role'}).rstrip('=')}.{_HMAC}"),
    Sample("jwt", NONE, f"eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJabcdefghij.{_HMAC}"),
    Sample("jwk", FORM, '"kty": "oct"', '{"kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMko"}'),
    Sample("jwk", WRONG, '"kty": "RSA"', '{"kty": "RSA", "d": "x", "n": "AQAB"}'),
    Sample("pem-key", NONE, "-----BEGIN RSA PRIVATE KEY-----"),
    Sample(
        "pem-key",
        NONE,
        "-----BEGIN PRIVATE KEY-----\n" + 4 * _RANDOM + "\n-----END PRIVATE KEY-----",
    ),
    Sample("putty-key", NONE, "PuTTY-User-Key-File-2: ssh-rsa\nEncryption: none\n"),
    Sample(
        "pgp-key",
        NONE,
        "-----BEGIN PGP PRIVATE KEY BLOCK-----\n\nxxxx\n-----END PGP PRIVATE KEY BLOCK-----",
    ),
    Sample("age-key", WRONG, "AGE-SECRET-KEY-1" + 58 * "Q"),
    Sample("wireguard-key", FORM, "//8P7z9bVqkZ1x2y3w4v5u6t7s8r9qApBoCnDmElFkM="),
    Sample("wireguard-key", "", "short"),
    Sample("docker-auth", RIGHT, b64(f"robot:{_RANDOM}"), ""),
    Sample("docker-auth", WRONG, b64("user:password")),
    Sample("docker-auth", "", b64(bytes(range(20)))),
    Sample("basic-auth", FORM, b64(f"deploy:{_RANDOM}")),
    Sample("basic-auth", NONE, b64("no colon in it")),
    Sample("npm-auth", FORM, "b98ec224-cdb2-4340-b7bd-9617fc719d1d"),
    Sample("npm-auth", WRONG, "${NPM_TOKEN}"),
    Sample("npm-auth", RIGHT, b64(f"deploy:{_RANDOM}")),
    Sample("pypi-macaroon", WRONG, "pypi-AgEIcHlwaS5vcmcABCD1234efgh5678ijklmnopqrst"),
    Sample("fly-macaroon", WRONG, "FlyV1 fm2_" + b64(bytes(range(100, 200)))),
    Sample(
        "netrc",
        FORM,
        "7d1b02e8c4aa",
        "machine api.github.com login ziggy^stardust password 7d1b02e8c4aa",
    ),
    Sample("netrc", WRONG, "changeme", "machine h.example login me password changeme"),
    Sample(
        "url-credentials",
        FORM,
        "vg498hwegw1udp6s",
        "postgresql://nimda:vg498hwegw1udp6s@db.acme.io:25060/d",
    ),
    Sample("der-key", RIGHT, '0.\x02\x01\x000\x05\x06\x03+ep\x04"\x04 ' + _RANDOM + "z"),
    Sample("der-key", NONE, "0.\x02\x01\x000\x05\x06\x03+ep" + _RANDOM + "a made-up text"),
    Sample("url-credentials", WRONG, "postgresql://user:secret@db.acme.io"),
    Sample("url-credentials", WRONG, "http://jschmoe:xyzzy@www.bogus.net"),
    Sample("url-credentials", WRONG, "deb https://apt:debian@example\\&.org/debian"),
    Sample("url-credentials", WRONG, "http://jschmoe:xyzzy@www.acme.io"),
    Sample("url-credentials", WRONG, "http://NGƯỜI_DÙNG:MẬT_KHẨU@MÁY_CHỦ"),
    Sample("generic-password", NONE, "..password"),
    Sample("generic-password", WRONG, "SomeKindOfPassword123!@#"),
    Sample("kubeconfig", FORM, _RANDOM),
    Sample("kubeconfig", WRONG, "LS0tLS1CRUdJTi" + 40 * "A"),
    Sample("kubernetes-secret", RIGHT, b64(_RANDOM), f"kind: Secret\ndata:\n  a: {b64(_RANDOM)}"),
    Sample("kubernetes-secret", FORM, b64(_RANDOM)),
    Sample("kubernetes-secret", WRONG, b64("changeme")),
    Sample(
        "terraform-state",
        RIGHT,
        _RANDOM,
        '{"version": 4, "terraform_version": "1.9.0", "serial": 3, "lineage": '
        f'"3fb1c2a0-9b1d-11ee-8c90-0242ac120002", "password": "{_RANDOM}"}}',
    ),
    Sample("terraform-state", "", _RANDOM),
    Sample("shadow-hash", FORM, "$2a$05$/VT2Xs2dMd8GJKfrXhjYP.DkTjOVrY12yDN7/6I8ZV0q/1lEohLru"),
    Sample("shadow-hash", NONE, "!!"),
    Sample("htpasswd-hash", FORM, "joe:{SHA}" + b64(bytes(range(20)))),
    Sample("htpasswd-hash", NONE, "joe:something"),
    Sample("openai-mark", RIGHT, f"sk-proj-{_RANDOM}T3BlbkFJ{_RANDOM}"),
    Sample("openai-mark", WRONG, f"sk-{20 * 'x'}T3BlbkFJ{20 * 'x'}"),
    Sample(
        "sendgrid-parts",
        RIGHT,
        "SG.AAECAwQFBgcICQoLDA0ODw.8PHy8_T19vf4-fr7_P3-_wABAgMEBQYHCAkKCwwNDg8",
    ),
    Sample(
        "sendgrid-parts",
        FORM,
        "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",
    ),
    Sample(
        "discord-snowflake", NONE, "MC0dBvKTjD0rY0cV8i37CjBf.uLHQPq.Nb1Ok1mEhe-3iTdrGOuegj29yQR"
    ),
    Sample("discord-snowflake", RIGHT, f"{b64('175928847299117063').rstrip('=')}.uLHQPq.{_RANDOM}"),
    Sample("artifactory", RIGHT, b64("reftkn:01:1893456000:" + _RANDOM)),
    Sample("artifactory", WRONG, "AKCp" + 60 * "8"),
    Sample(
        "onepassword-json",
        RIGHT,
        "ops_" + b64({"signInAddress": "acme.1password.eu", "secretKey": _RANDOM}),
    ),
    Sample("onepassword-json", WRONG, "ops_" + b64({"email": "a"})),
    # test vectors of BIP-39, BIP-32 and BIP-173
    Sample("bip39", WRONG, 11 * "abandon " + "about"),
    Sample(
        "bip39", RIGHT, "scheme spot photo card baby mountain device kick cradle pact join borrow"
    ),
    Sample(
        "bip39", WRONG, "scheme spot photo card baby mountain device kick cradle pact join bottom"
    ),
    Sample("bip39", NONE, "these are just twelve words and some are not inside the list"),
    Sample(
        "base58check",
        RIGHT,
        "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
    ),
    Sample("base58check", RIGHT, "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"),
    Sample("base58check", WRONG, "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTK"),
    Sample("base58check", NONE, "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    Sample("bech32", RIGHT, "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw"),
    Sample("bech32", WRONG, "abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxq"),
    Sample("telegram-bot", FORM, "4839574813:AAFD39kkdpWt3ywyRZergyOLMaJhac61qcA"),
    Sample("telegram-bot", NONE, "4839574813:AAlongwordslongwordslongwordslongwo"),
    Sample("wordpress-salt", WRONG, "put your unique phrase here"),
    Sample("wordpress-salt", WRONG, _SALT, f" *     define('AUTH_KEY', '{_SALT}');"),
    Sample("wordpress-salt", FORM, _SALT, f" * why\n//   define('AUTH_KEY', '{_SALT}');"),
    Sample("wordpress-salt", FORM, _SALT),
    Sample("ansible-vault", WRONG, "$ANSIBLE_VAULT;1.1;AES256"),
    Sample(
        "ansible-vault",
        FORM,
        "$ANSIBLE_VAULT;1.1;AES256",
        "$ANSIBLE_VAULT;1.1;AES256\n" + 4 * (80 * "6" + "\n"),
    ),
    Sample("generic-password", FORM, "kJ8#mQ2!vX"),
    Sample("generic-password", NONE, "os.environ['PASSWORD']"),
    Sample("generic-password", WRONG, "changeme"),
    Sample(
        "jenkins-secret", RIGHT, "{" + b64(b"\x01\0\0\0\x10\0\0\0\x20" + bytes(range(48))) + "}"
    ),
    Sample(
        "jenkins-secret", WRONG, "{" + b64(b"\x01\0\0\0\x10\0\0\0\x20" + bytes(range(47))) + "}"
    ),
    Sample("published-example", WRONG, "AKIAIOSFODNN7EXAMPLE"),
    Sample("placeholder", WRONG, "password"),
    Sample("placeholder", "", "tR7qLm2vXw9"),
    Sample("published-example", "", _RANDOM),
)
