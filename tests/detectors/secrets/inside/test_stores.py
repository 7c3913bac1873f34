"""Key stores: what they hold, and that default passwords are tried."""

import hashlib
import struct
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed25519, rsa
from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    pkcs12,
)

from ocianalyze.detectors.passwords import Budget
from ocianalyze.detectors.secrets import known_keys
from ocianalyze.detectors.secrets._identity import identity
from ocianalyze.detectors.secrets.engine import Engine
from ocianalyze.detectors.secrets.inside import stores
from ocianalyze.detectors.secrets.inside.observer import INTEREST
from ocianalyze.detectors.secrets.rule_files import by_id, shipped
from tests.detectors.secrets.inside.conftest import Look, zipped
from tests.detectors.test_certificates import made

JKS, JCEKS = b"\xfe\xed\xfe\xed", b"\xce\xce\xce\xce"
SUN_KEY = b"\x06\x0a\x2b\x06\x01\x04\x01\x2a\x02\x11\x01\x01\x05\x00\x04" + bytes(range(90))


def utf(text: str) -> bytes:
    return struct.pack(">H", len(text)) + text.encode()


def blob(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


CERTIFICATE = utf("X.509") + blob(b"made-up certificate")
PRIVATE = struct.pack(">I", 1) + utf("app") + bytes(8) + blob(SUN_KEY)
PRIVATE += struct.pack(">I", 1) + CERTIFICATE
TRUSTED = struct.pack(">I", 2) + utf("root") + bytes(8) + CERTIFICATE


def jks(*entries: bytes, password: str = "changeit", magic: bytes = JKS) -> bytes:
    body = magic + struct.pack(">II", 2, len(entries)) + b"".join(entries)
    seal = hashlib.sha1(password.encode("utf-16-be") + b"Mighty Aphrodite" + body)
    return body + seal.digest()


def p12(
    encryption: KeySerializationEncryption,
    *,
    with_key: bool = True,
    key: ec.EllipticCurvePrivateKey | None = None,
) -> bytes:
    key = key or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "made up")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    held = key if with_key else None
    return pkcs12.serialize_key_and_certificates(b"app", held, certificate, None, encryption)


def modern(password: bytes, digest: hashes.HashAlgorithm) -> KeySerializationEncryption:
    builder = PrivateFormat.PKCS12.encryption_builder().kdf_rounds(2048)
    builder = builder.key_cert_algorithm(pkcs12.PBES.PBESv2SHA256AndAES256CBC)
    return builder.hmac_hash(digest).build(password)


def certified(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return an entry of a JKS with the certificate of a key."""
    der = made({x509.NameOID.COMMON_NAME: "made up"}, key=key).public_bytes(Encoding.DER)
    one = struct.pack(">I", 1) + utf("app") + bytes(8) + blob(SUN_KEY)
    return one + struct.pack(">I", 1) + utf("X.509") + blob(der)


class TestJava:
    """JKS and JCEKS."""

    def test_a_default_password_is_told_and_weighs_more(self, look: Look) -> None:
        (found,) = look("app.jks", jks(PRIVATE, TRUSTED)).hits
        assert (found.rule, found.proven) == ("java-keystore-key", "verified-offline")
        assert found.detail == "2 entries, 1 private, opens with a default password"
        assert found.severity == "high"

    def test_another_password_is_not_claimed_to_open(self, look: Look) -> None:
        (found,) = look("app.jks", jks(PRIVATE, password="Xq7#long")).hits
        assert found.detail == "1 entry, 1 private"
        assert found.severity == "medium"

    def test_the_key_is_the_secret_that_the_rule_for_raw_bytes_finds(
        self, look: Look, made: Engine
    ) -> None:
        (found,) = look("app.jks", jks(PRIVATE)).hits
        rule = next(rule for rule in made.rules if rule.id == "java-keystore-key")
        match = rule.expression.search(jks(PRIVATE))
        assert match
        assert (found.id, found.offset) == (identity(match["secret"]), match.start("secret"))

    def test_the_public_key_of_its_certificate_is_told_whatever_its_password(
        self, look: Look
    ) -> None:
        """So that it can be joined with certificates elsewhere."""
        key = ec.derive_private_key(0x1234567890ABCDEF, ec.SECP256R1())
        der = made({x509.NameOID.COMMON_NAME: "made up"}, key=key).public_bytes(Encoding.DER)
        chain = utf("X.509") + blob(der)
        one = struct.pack(">I", 1) + utf("app") + bytes(8) + blob(SUN_KEY)
        (found,) = look(
            "app.jks", jks(TRUSTED, one + struct.pack(">I", 1) + chain, password="Xq7#long")
        ).hits
        spki = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        assert found.facts == {"spki": hashlib.sha256(spki).hexdigest()}

    @pytest.mark.parametrize("rule", stores.PROOFS)
    def test_what_proves_it_is_told_of_rules_that_there_are(self, rule: str) -> None:
        assert rule in by_id(shipped())

    def test_trust_stores_are_no_secret(self, look: Look) -> None:
        assert not look("cacerts", jks(TRUSTED, TRUSTED)).hits

    def test_secret_keys_of_jceks_count(self, look: Look) -> None:
        entry = struct.pack(">I", 3) + utf("aes") + bytes(8) + b"\xac\xed\0\5 an object"
        (found,) = look("app.jceks", jks(entry, magic=JCEKS)).hits
        assert "secret keys, opens with a default password" in found.detail

    @pytest.mark.parametrize("cut", [9, 12, 20, 60, 150])
    def test_a_cut_store_does_no_harm(self, cut: int, look: Look) -> None:
        look("app.jks", jks(PRIVATE, TRUSTED)[:cut])

    def test_lengths_that_lie_do_no_harm(self, look: Look) -> None:
        look("app.jks", JKS + struct.pack(">II", 2, 0xFFFFFFFF) + b"\0\0\0\1" + b"\xff" * 5000)

    def test_one_in_an_archive_is_found(self, look: Look) -> None:
        found = look("app.jar", zipped({"conf/app.jks": jks(PRIVATE)})).hits
        assert {(one.id, one.inner, one.offset) for one in found} == {
            (found[0].id, "conf/app.jks", found[0].offset)
        }
        assert "verified-offline" in {one.proven for one in found}


class TestPublished:
    """Keys that everybody has, known by their certificates."""

    KEY = ec.derive_private_key(0x1234567890ABCDEF, ec.SECP256R1())

    @pytest.fixture(autouse=True)
    def known(self, monkeypatch: pytest.MonkeyPatch) -> None:
        public = self.KEY.public_key()
        spki = public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        name = hashlib.sha256(spki).hexdigest()
        monkeypatch.setitem(known_keys._KNOWN, name, "a made-up key")

    @pytest.mark.parametrize("encryption", [NoEncryption(), modern(b"changeit", hashes.SHA256())])
    def test_one_in_pkcs12_is_no_secret(
        self, encryption: KeySerializationEncryption, look: Look
    ) -> None:
        (found,) = look("app.p12", p12(encryption, key=self.KEY)).hits
        assert (found.rule, found.proven, found.severity) == ("pkcs12-key", "disproved", "info")
        assert found.detail == "published: a made-up key"

    def test_one_whose_certificate_nobody_can_read_is_believed(self, look: Look) -> None:
        (found,) = look("a.p12", p12(modern(b"Xq7#long", hashes.SHA256()), key=self.KEY)).hits
        assert found.proven == "verified-offline"

    def test_one_in_a_java_store_is_no_secret(self, look: Look) -> None:
        (found,) = look("app.jks", jks(TRUSTED, certified(self.KEY))).hits
        assert (found.rule, found.proven) == ("java-keystore-key", "disproved")

    @pytest.mark.parametrize(
        "more",
        [
            certified(ec.generate_private_key(ec.SECP256R1())),
            PRIVATE,
            struct.pack(">I", 3) + utf("aes"),
            b"",
        ],
        ids=["other-key", "unreadable-certificate", "secret-key", "cut-off"],
    )
    def test_one_beside_another_does_not_hide_it(self, more: bytes, look: Look) -> None:
        found = look("app.jks", jks(certified(self.KEY), more)).hits
        assert found
        assert {one.proven for one in found} == {"verified-offline"}


class TestPkcs12:
    """PKCS#12, made by another library."""

    @pytest.mark.parametrize("password", ["changeit", "password", "secret", "changeme"])
    @pytest.mark.parametrize("digest", [hashes.SHA1(), hashes.SHA256(), hashes.SHA512()])
    def test_default_passwords_open(
        self, password: str, digest: hashes.HashAlgorithm, look: Look
    ) -> None:
        (found,) = look("app.p12", p12(modern(password.encode(), digest))).hits
        assert found.detail == "1 private key, opens with a default password"
        assert (found.rule, found.severity) == ("pkcs12-key", "high")

    def test_the_best_encryption_of_the_library_is_read_too(self, look: Look) -> None:
        (found,) = look("app.p12", p12(BestAvailableEncryption(b"changeit"))).hits
        assert "opens" in found.detail

    def test_another_password_does_not(self, look: Look) -> None:
        (found,) = look("app.p12", p12(modern(b"Xq7#long", hashes.SHA256()))).hits
        assert (found.detail, found.severity) == ("1 private key", "medium")

    def test_a_file_without_encryption_weighs_more(self, look: Look) -> None:
        (found,) = look("app.p12", p12(NoEncryption())).hits
        assert "not encrypted" in found.detail
        assert found.severity == "high"

    def test_certificates_alone_are_no_secret(self, look: Look) -> None:
        assert not look("app.p12", p12(NoEncryption(), with_key=False)).hits

    def test_rounds_without_end_are_not_run(self, look: Look) -> None:
        data = p12(modern(b"changeit", hashes.SHA256()))
        at = data.rindex(b"\x02\x02\x08\x00")
        (found,) = look("app.p12", data[:at] + b"\x02\x02\x7f\xff" + data[at + 4 :]).hits
        assert "opens" not in found.detail

    def test_many_files_cost_no_more_than_a_layer_may(self, made: Engine) -> None:
        """Each is paid for, so that a flood of them is not."""
        data = p12(modern(b"Xq7#long", hashes.SHA256()))
        budget = Budget(30_000)
        told = [kept(data).found(made.rules, budget)[0].detail for _ in range(4)]
        assert told[0] == "1 private key"
        assert told[-1] == "1 private key, no password could be tried"

    def test_a_trust_store_that_a_default_password_opens_is_no_secret(self, look: Look) -> None:
        """What keytool and OpenSSL write of certificates alone is encrypted."""
        closed = p12(modern(b"changeit", hashes.SHA256()), with_key=False)
        assert not look("trust.p12", closed).hits
        (found,) = look("trust.p12", p12(modern(b"Xq7#long", hashes.SHA256()), with_key=False)).hits
        assert (found.detail, found.severity) == ("all of it is encrypted", "info")

    def test_what_ber_may_part_is_told_as_unreadable(self, look: Look) -> None:
        """No reader of DER knows what is in there, so it is not said that there is no key."""
        (found,) = look("app.p12", b"0\x80\x02\x01\x030\x80" + bytes(400)).hits
        assert "cannot be read (BER of open length)" in found.detail
        assert (found.severity, found.proven) == ("info", "well-formed")

    def test_a_key_is_joined_by_the_certificate_beside_it(self, look: Look) -> None:
        (found,) = look("app.p12", p12(modern(b"changeit", hashes.SHA256()))).hits
        assert len(found.facts["spki"]) == 64

    @pytest.mark.parametrize("cut", [12, 40, 100, 300, 500])
    def test_a_cut_file_does_no_harm(self, cut: int, look: Look) -> None:
        look("app.p12", p12(modern(b"changeit", hashes.SHA256()))[:cut])


def kept(data: bytes) -> stores.Kept:
    one = stores.Kept("pkcs12")
    one.feed(data)
    return one


def entry(principal: str, realm: str, kind: int, key: bytes) -> bytes:
    parts = principal.split("/")
    body = struct.pack(">H", len(parts)) + utf(realm) + b"".join(map(utf, parts))
    body += struct.pack(">IIBHH", 1, 0, 3, kind, len(key)) + key
    return struct.pack(">i", len(body)) + body


RSA = rsa.generate_private_key(65537, 2048)
EC = ec.generate_private_key(ec.SECP256R1())
ED = ed25519.Ed25519PrivateKey.generate()
DSA = dsa.generate_private_key(1024)
PKCS8, OLD = PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL


def der(key: PrivateKeyTypes, form: PrivateFormat, password: bytes = b"") -> bytes:
    encryption = BestAvailableEncryption(password) if password else NoEncryption()
    return key.private_bytes(Encoding.DER, form, encryption)


class TestDer:
    """Private keys in DER, made by another library."""

    @pytest.mark.parametrize(
        ("key", "form", "name"),
        [
            pytest.param(RSA, OLD, "RSA 2048", id="pkcs1"),
            pytest.param(RSA, PKCS8, "RSA 2048", id="pkcs8-rsa"),
            pytest.param(EC, OLD, "EC P-256", id="sec1"),
            pytest.param(EC, PKCS8, "EC P-256", id="pkcs8-ec"),
            pytest.param(ED, PKCS8, "Ed25519", id="pkcs8-ed25519"),
            pytest.param(DSA, OLD, "DSA 1024", id="dsa"),
        ],
    )
    @pytest.mark.parametrize("path", ["k8.der", "sub/ec8.key", "opt/data"])
    def test_a_key_is_known_by_its_content(
        self, key: PrivateKeyTypes, form: PrivateFormat, name: str, path: str, look: Look
    ) -> None:
        (found,) = look(path, der(key, form)).hits
        assert (found.rule, found.proven) == ("der-private-key", "verified-offline")
        assert (found.detail, found.severity) == (f"{name}, not encrypted, DER", "critical")
        public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        assert found.facts["spki"] == hashlib.sha256(public).hexdigest()

    @pytest.mark.parametrize("key", [RSA, EC, ED], ids=["rsa", "ec", "ed25519"])
    def test_an_encrypted_one_is_believed_by_its_form(
        self, key: PrivateKeyTypes, look: Look
    ) -> None:
        (found,) = look("k.der", der(key, PKCS8, b"Xq7#long")).hits
        assert (found.proven, found.severity) == ("well-formed", "low")
        assert found.detail == "PKCS#8, encrypted"

    @pytest.mark.parametrize("cut", [40, 60, 100])
    def test_one_that_is_cut_off_is_none(self, cut: int, look: Look) -> None:
        assert not look("k.der", der(RSA, PKCS8)[:cut]).hits

    def test_what_only_begins_like_a_key_is_none(self, look: Look) -> None:
        data = der(EC, PKCS8)
        assert not look("k.der", data[:30] + bytes(len(data) - 30)).hits

    def test_a_public_key_is_not_even_looked_at(self) -> None:
        public = RSA.public_key()
        forms = (PublicFormat.SubjectPublicKeyInfo, PublicFormat.PKCS1)
        heads = [public.public_bytes(Encoding.DER, form)[:512] for form in forms]
        assert [stores.recognise(head, b"k.der") for head in heads] == ["", ""]

    def test_every_short_key_is_wanted_by_its_first_bytes(self) -> None:
        keys = (der(EC, OLD), der(ED, PKCS8), der(RSA, PKCS8))
        assert all(INTEREST.magics & {data[:2], data[:4]} for data in keys)


class TestKeytab:
    """Keytabs of MIT Kerberos."""

    DATA = b"\5\2" + entry("HTTP/app.test", "CORP.TEST", 18, bytes(range(32)))

    def test_principals_and_types_are_told(self, look: Look) -> None:
        data = (
            self.DATA + struct.pack(">i", -8) + bytes(8) + entry("root", "CORP.TEST", 23, b"k" * 16)
        )
        (found,) = look("krb5.keytab", data).hits
        assert found.detail == "2 principals"
        assert found.facts["principals"] == "HTTP/app.test@CORP.TEST, root@CORP.TEST"
        assert found.facts["enctypes"] == "aes256-cts-hmac-sha1-96, rc4-hmac"
        assert found.proven == "verified-offline"

    def test_a_file_that_only_begins_so_is_none(self, look: Look) -> None:
        assert not look("x", b"\5\2" + struct.pack(">iH", 40, 2) + b"\xff" * 38).hits


class TestGnupg:
    """Files of GnuPG."""

    KEY = "root/.gnupg/private-keys-v1.d/" + "0A" * 20 + ".key"

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (b"(11:private-key(3:ecc", "not encrypted"),
            (b"(21:protected-private-key(3:rsa", "encrypted"),
            (b"Created: 20200101T000000\nKey: (protected-private-key (rsa", "encrypted"),
        ],
        ids=["clear", "protected", "extended"],
    )
    def test_an_agents_key_is_told(self, text: bytes, expected: str, look: Look) -> None:
        (found,) = look(self.KEY, text).hits
        assert found.detail == f"GnuPG agent's key, {expected}"

    def test_a_key_on_a_card_is_no_secret(self, look: Look) -> None:
        assert not look(self.KEY, b"(20:shadowed-private-key(3:rsa").hits
