"""Places where people leave secrets, and what looks like them there and is none."""

from pathlib import Path

import pytest

from ocianalyze.detectors.secrets.folder import read_folder
from ocianalyze.detectors.secrets.rule_files import SHIPPED
from ocianalyze.detectors.secrets.seeking import Seeking
from ocianalyze.limits import DEFAULT
from ocianalyze.model.secret import Secret

VALUE = "HrMrt6dLQg7rZVTJnaqs"  # ocianalyze:allow, made up
LEFT = {
    "srv/deployment.yaml": "env:\n- name: DB_PASSWORD\n  value: %s\n",
    "srv/task.json": '{"environment": [\n {\n  "name": "API_KEY",\n  "value": "%s"\n }\n]}',
    "srv/stack.json": '[{"ParameterKey":"DbPassword","ParameterValue":"%s"}]',
    "srv/main.tf": 'env {\n  name  = "DB_PASSWORD"\n  value = "%s"\n}\n',
    "srv/pod.yaml": "args:\n- --client-secret\n- %s\n",
    "srv/map.json": '{"data":{"values.yaml":"db:\\n  password: %s\\n  host: x\\n"}}',
    "srv/properties.json": '{"data":{"a.properties":"a=b\\r\\ndb.password=%s\\r\\nx=y\\r\\n"}}',
    "root/.sbt/.credentials": "realm=x\nhost=y\nuser=deploy\npassword=%s\n",
    "etc/samba/cred": "username=bob\npassword=%s\ndomain=X\n",
    "etc/postfix/sasl_passwd": "[smtp.acme.dev]:587 bob:%s\n",
    "root/.msmtprc": "account x\nuser b\npassword %s\n",
    "etc/ssmtp/ssmtp.conf": "AuthUser=bob\nAuthPass=%s\n",
    "root/.lftprc": "open -u bob,%s sftp://files.acme.dev\n",
    "app/appsettings.json": '{"D":"Server=db;User Id=sa;Password=%s#$9x;Encrypt=True"}',
    "app/hibernate.cfg.xml": '<property name="hibernate.connection.password">%s</property>',
    "app/core-site.xml": "<name>fs.s3a.secret.key</name>\n <value>%s</value>",
    "app/beans.xml": '<property name="password"><value>%s</value></property>',
    "app/login.js": "const password = `%s`;\n",
    "app/Mail.cs": 'new NetworkCredential("bob", "%s")',
    "app/odd.json": '{"password": "P@(%s,$;x"}',
    "app/mount.bat": "net use Z: \\\\nas\\x %s /user:bob\r\n",
    "app/x.exp": 'expect "password:"\nsend "%s\\r"\n',
    "app/Makefile": "DB_PASSWORD ?= %s\n",
    "etc/nginx/nginx.conf": 'proxy_set_header Authorization "Basic Ym9iOkhyTXJ0NmRMUWc3clpW";\n',
    "var/log/access.log": "GET /login?user=b&password=%s&x=1 HTTP/1.1\n",
}
HONEST = {
    "postman.json": '[{"key":"token","value":"{{access_token}}"},{"key":"api_key","value":"<k>"}]',
    "env.yaml": "- name: TOKEN_EXPIRY\n  value: '3600'\n- name: PASSWORD_FILE\n  value: /run/x/pw\n"
    '- name: API_KEY\n  value: "$(API_KEY)"\n- name: DB_PASS\n  valueFrom: {key: HrMrt6dLQg7r}\n',
    "form.html": '<input name="password" value=""><input name="api_key" value="Enter your key">',
    "text.json": '{"a":"line\\npassword: required\\ntoken: invalid-or-expired-token\\n"}',
    "app.js.map": '{"s":["x({\\n  password: form.password.value,\\n  token: this.p.token\\n})"]}',
    "toleration.yaml": "- key: node-role.acme.dev/token\n  operator: Exists\n  value: some-value\n",
    "beans.xml": '<property name="password">${db.password}</property>',
    "Makefile": "DB_PASSWORD := $(shell cat pw)\nTOKEN ?= $(TOKEN)\n",
    "a.js": "password = `${form.password}`; url = '/reset?password=' + x + '&user=';",
    "a.py": 'password = "[FILTERED]"; login(password="***", token=None)',
    "schema.yaml": "see https://acme.dev/a:b2HrMrt6dLQg7r\npassword it\nref x/y:z9HrMrt6dLQg7r\n",
    "table.tex": "a & b\\\\\nsomethinglonger & c\\\\\nanotherthinglonger\n",
    "range.js": "/[\\u0041-\\u005a\\u0061-\\u007a]/; 'next=https%3A%2F%2Fa.dev%3A8080%2Fx'",
}


def found(folder: Path, files: dict[str, str]) -> dict[str, Secret]:
    """Return the secrets of files by path."""
    for path, text in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(text.encode())
    secrets = read_folder(folder, Seeking((SHIPPED,), None, DEFAULT, bare=True)).secrets
    return {place.path: secret for secret in secrets for place in secret.places}


def value_of(path: str) -> str:
    """Return a value that no other file has."""
    return VALUE[:-1] + chr(ord("A") + list(LEFT).index(path))


@pytest.fixture(scope="module")
def left(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, str], dict[str, Secret]]:
    files = {path: text.replace("%s", value_of(path)) for path, text in LEFT.items()}
    return files, found(tmp_path_factory.mktemp("left"), files)


@pytest.mark.parametrize("path", LEFT)
def test_what_people_leave_there_is_found(
    path: str, left: tuple[dict[str, str], dict[str, Secret]]
) -> None:
    files, secrets = left
    (place,) = secrets[path].places
    assert secrets[path].severity in ("medium", "high")
    assert secrets[path].value in files[path]
    assert place.offset == files[path].encode().index(secrets[path].value.encode())


def test_what_only_looks_like_one_is_none(tmp_path: Path) -> None:
    grave = {path for path, one in found(tmp_path, HONEST).items() if one.severity != "info"}
    assert not grave
