"""What is planted where: the table that tests and comparisons go by."""

from dataclasses import dataclass, replace
from typing import Literal

from testdata.planted import packed, tokens

Where = Literal[
    "content", "path", "link", "header", "config", "history", "annotation", "attestation", "slack"
]
State = Literal["visible", "overwritten", "deleted", ""]


@dataclass(frozen=True, slots=True)
class Planted:
    """One secret and the one place that holds it."""

    name: str
    """In a few words, for tables: `file deleted by a whiteout`."""
    value: str
    where: Where = "content"
    path: str = ""
    inner: str = ""
    pointer: str = ""
    layer: int | None = None
    state: State = ""
    rule: str = "github-pat"

    @property
    def line(self) -> bytes:
        """Return a line that holds it."""
        return f"token: {self.value}\n".encode()


def _file(name: str, path: str, layer: int = 1, state: State = "visible") -> Planted:
    return Planted(name, tokens.github(name), path=path, layer=layer, state=state)


def _inside(name: str, path: str, inner: str) -> Planted:
    return Planted(name, tokens.github(name), path=path, inner=inner, layer=1, state="visible")


def _config(name: str, pointer: str, where: Where = "config", layer: int | None = None) -> Planted:
    return Planted(name, tokens.github(name), where, pointer=pointer, layer=layer)


def _named(name: str, where: Where, path: str) -> Planted:
    return Planted(name, tokens.github(name), where, path, layer=1, state="visible")


def _of_kind(name: str, value: str, path: str, rule: str) -> Planted:
    return Planted(name, value, path=path, layer=1, state="visible", rule=rule)


def _loose(name: str) -> Planted:
    one = _inside(name, "app/.git/", "blob")
    return replace(one, path=one.path + packed.git_object(one.line)[0])


def _packed(name: str, path: str) -> Planted:
    one = _inside(name, path, "")
    object_name = packed.git_object(one.line)[0].replace("objects/", "").replace("/", "")
    inner = f"objects/{object_name[:2]}/{object_name[2:]} (blob)"
    return replace(one, inner=inner)


_BASE64 = "text in base64"
FILES = (
    _file("file in the application", "app/.env"),
    _file("file below usr", "usr/share/acme/defaults.json"),
    _file("file below a folder of dependencies", "app/node_modules/left/settings.js"),
    _file("documentation", "app/README.md"),
    _file("program", "usr/local/bin/acme"),
    _file("across the border of a piece", "opt/large.bin"),
    _file("one long line", "opt/minified.js"),
    _file("overwritten version", "etc/acme.conf", 1, "overwritten"),
    _file("file deleted by a whiteout", "root/.netrc-old", 1, "deleted"),
    _file("file deleted with its folder", "srv/build/token", 1, "deleted"),
    _file("file deleted by an opaque folder", "var/cache/build/token", 1, "deleted"),
    _file("shell history", "root/.bash_history"),
    _file("SQLite database", "var/lib/acme/state.db"),
    _file("Java class file", "opt/Settings.class"),
    _file("compiled Python", "opt/__pycache__/settings.cpython-311.pyc"),
    replace(
        _file(_BASE64, "opt/values.b64"), value=tokens.gitlab(_BASE64), rule="gitlab-pat-routable"
    ),
    _file("text in UTF-16", "opt/settings.ini"),
    _file("file of a layer in zstd", "opt/late.txt", 3),
)
INSIDE = (
    _inside("zip", "opt/a.zip", "a/settings.txt"),
    _inside("jar in a war", "opt/app.war", "WEB-INF/lib/a.jar!/application.properties"),
    _inside("wheel", "opt/acme-1-py3-none-any.whl", "acme/settings.py"),
    _inside("tar.gz", "opt/a.tar.gz", "a.tar!/etc/token"),
    _inside("tar.xz", "opt/b.tar.xz", "b.tar!/etc/token"),
    _inside("tar.bz2", "opt/c.tar.bz2", "c.tar!/etc/token"),
    _inside("tar.zst", "opt/d.tar.zst", "d.tar!/etc/token"),
    _inside("gz", "opt/dump.sql.gz", "dump.sql"),
    _inside("zst", "opt/dump.json.zst", "dump.json"),
    _inside("Debian package", "opt/acme.deb", "data.tar.xz!/data.tar!/etc/token"),
    _inside("Alpine package", "opt/acme.apk", "content!/etc/token"),
    _loose("loose object of git"),
    _packed("pack of git", "app/.git/objects/pack/pack-1.pack"),
)
NAMES = (
    _named("name of a file", "path", f"opt/{tokens.github('name of a file')}"),
    _named("name of a folder", "path", f"opt/{tokens.github('name of a folder')}/empty"),
    _named("target of a link", "link", "opt/current"),
    _named("extended attribute", "header", "opt/marked"),
)
CONFIG = (
    _config("Env", "/config/Env/1"),
    _config("Cmd", "/config/Cmd/2"),
    _config("Entrypoint", "/config/Entrypoint/1"),
    _config("Healthcheck", "/config/Healthcheck/Test/1"),
    _config("OnBuild", "/config/OnBuild/0"),
    _config("label", "/config/Labels/com.example.deploy"),
    _config("container_config", "/container_config/Env/0"),
    _config("build argument in the history", "/history/1/created_by", "history", 1),
    _config("comment in the history", "/history/2/comment", "history", 2),
    _config("author in the history", "/history/2/author", "history", 2),
    _config("annotation of the manifest", "/annotations/com.example.built-with", "annotation"),
    _config(
        "build argument in attached provenance",
        "/predicate/invocation/parameters/args/build-arg:TOKEN",
        "attestation",
    ),
)
_BESIDE = "outside the compressed stream"
SLACK = (
    Planted("after the tar's end", tokens.github("tail"), "slack", layer=1),
    Planted("padding behind a file", tokens.github("padding"), "slack", layer=1),
    Planted("after the gzip stream", tokens.github("gzip tail"), "slack", inner=_BESIDE, layer=2),
    Planted(
        "skippable frame of zstd", tokens.github("zstd frame"), "slack", inner=_BESIDE, layer=3
    ),
    Planted("blob that nothing refers to", tokens.github("blob"), "slack"),
)
_KEY_ID, _KEY = tokens.aws("1")
KINDS = (
    _of_kind("npm", tokens.npm("1"), "root/.npmrc", "npm-access-token"),
    _of_kind(
        "GitLab, routable", tokens.gitlab("1"), "root/.git-credentials", "gitlab-pat-routable"
    ),
    _of_kind("Atlassian", tokens.atlassian("1"), "opt/jira.yml", "atlassian-api-token"),
    _of_kind("Grafana", tokens.grafana("1"), "opt/grafana.yml", "grafana-service-account-token"),
    _of_kind("Confluent", tokens.confluent("1"), "opt/kafka.yml", "confluent-api-secret"),
    _of_kind("JWT", tokens.jwt("1"), "opt/session.txt", "jwt"),
    _of_kind("private key", tokens.pem("1"), "etc/ssl/private/acme.key", "pem-private-key"),
    _of_kind("AWS", _KEY, "root/.aws/credentials", "aws-secret-access-key"),
    _of_kind("WireGuard", tokens.wireguard("1"), "etc/wireguard/wg0.conf", "wireguard-private-key"),
    _of_kind("Slack", tokens.slack("1"), "opt/slack.yml", "slack-bot-token"),
    _of_kind("Stripe", tokens.stripe("1"), "opt/stripe.yml", "stripe-secret-key"),
    _of_kind("database address", tokens.password("1"), "opt/database.yml", "postgresql-url"),
)
PLANTED = (*FILES, *INSIDE, *NAMES, *CONFIG, *SLACK, *KINDS)
AWS_KEY_ID = _KEY_ID


def named(name: str) -> Planted:
    """Return one by its name."""
    return next(one for one in PLANTED if one.name == name)
