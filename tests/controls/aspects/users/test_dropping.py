"""An image that starts as root is told to name the user that it gives itself anyway."""

import pytest

from ocianalyze.controls.aspects.security_context.suggested import suggestion
from ocianalyze.controls.aspects.users.advised import ADVISED, advised
from ocianalyze.controls.aspects.users.dropping import drops
from ocianalyze.controls.cis_docker import c4_01_user
from ocianalyze.model.oci import RunConfig
from tests.images import File, Layer, directory, image

_ACCOUNTS: Layer = {
    "etc/passwd": b"root:x:0:0::/:/x\nwww-data:x:33:33::/:/x\nsrv:x:999:998::/:/x\n"
    b"node:x:1000:1000::/:/x\n",
    "etc/group": b"root:x:0:\nsrv:x:998:\n",
}
_PROGRAM = File(b"\x7fELF", mode=0o755)
_GUARD = 'if [ "$(id -u)" = \'0\' ]; then exec {}; fi; exec "$@"'


def _script(text: str) -> File:
    return File(f"#!/bin/sh\n{text}\n".encode(), mode=0o755)


def _remedy(layer: Layer, **config: object) -> str:
    return c4_01_user.evaluate(image({**_ACCOUNTS, **layer}, config=config)).remediation


@pytest.mark.parametrize(
    "command",
    [
        pytest.param('gosu srv "$0" "$@"', id="gosu"),
        pytest.param('su-exec srv "$0" "$@"', id="su-exec"),
        pytest.param('setpriv --reuid=srv --regid=srv --clear-groups "$0" "$@"', id="setpriv"),
        pytest.param('gosu srv:srv "$0" "$@"', id="with group"),
        pytest.param('gosu 999:998 "$0" "$@"', id="numbers"),
    ],
)
def test_who_an_entry_script_switches_to_goes_before_any_account(command: str) -> None:
    layer: Layer = {
        "entrypoint.sh": _script(_GUARD.format(command)),
        f"usr/local/bin/{command.split(maxsplit=1)[0]}": _PROGRAM,
    }
    assert _remedy(layer, Entrypoint=["/entrypoint.sh"]) == "USER 999:998"
    view = image({**_ACCOUNTS, **layer}, config={"Entrypoint": ["/entrypoint.sh"]})
    assert advised(view) == (999, 998)


def test_a_script_that_switches_whoever_runs_it_must_change_first() -> None:
    """Only root may switch: what runs as another user would end there."""
    layer: Layer = {
        "entrypoint.sh": _script('exec gosu srv "$@"'),
        "usr/local/bin/gosu": _PROGRAM,
    }
    assert _remedy(layer, Entrypoint=["/entrypoint.sh"]) == (
        "start the program without gosu in /entrypoint.sh, then USER 999:998"
    )


def test_a_user_that_the_image_lacks_is_not_advised() -> None:
    layer: Layer = {"entrypoint.sh": _script("exec gosu ghost x"), "usr/bin/gosu": _PROGRAM}
    assert _remedy(layer, Entrypoint=["/entrypoint.sh"]) == "USER 1000:1000"


@pytest.mark.parametrize(
    ("layer", "config", "remedy"),
    [
        pytest.param(
            {"etc/nginx/nginx.conf": b"user  srv;\n", "var/cache/nginx": directory()},
            {"Cmd": ["nginx", "-g", "daemon off;"], "ExposedPorts": {"80/tcp": {}}},
            "set pid /tmp/nginx.pid; in nginx.conf, let it listen above port 1023, "
            "RUN chown -R 999:998 /var/cache/nginx, then USER 999:998",
            id="nginx",
        ),
        pytest.param(
            {
                "usr/local/apache2/conf/httpd.conf": b"<IfModule unixd_module>\nUser www-data\n",
                "usr/local/apache2/logs": directory(),
            },
            {"Cmd": ["httpd-foreground"], "ExposedPorts": {"80/tcp": {}}},
            "let it listen above port 1023, RUN chown -R 33:33 /usr/local/apache2/logs, "
            "then USER 33:33",
            id="httpd",
        ),
        pytest.param(
            {"etc/apache2/envvars": b": ${APACHE_RUN_USER:=www-data}\n"},
            {"Cmd": ["apache2-foreground"]},
            "USER 33:33",
            id="apache of Debian",
        ),
        pytest.param(
            {"usr/local/etc/php-fpm.d/www.conf": b"[www]\nuser = www-data\n"},
            {"Cmd": ["php-fpm"], "ExposedPorts": {"9000/tcp": {}}},
            "USER 33:33",
            id="php-fpm",
        ),
    ],
)
def test_the_user_of_a_servers_workers_is_advised_with_what_it_needs(
    layer: Layer, config: dict[str, object], remedy: str
) -> None:
    assert _remedy(layer, **config) == remedy


def test_settings_of_a_server_that_is_not_started_say_nothing() -> None:
    layer: Layer = {"etc/nginx/nginx.conf": b"user srv;\n"}
    assert _remedy(layer, Cmd=["python"]) == "USER 1000:1000"


@pytest.mark.parametrize(
    ("history", "remedy"),
    [
        pytest.param(["RUN adduser -S -D app"], "USER 100:101", id="author's"),
        pytest.param(["RUN apk add x"], f"USER {ADVISED}", id="a package's"),
    ],
)
def test_a_service_account_is_advised_where_a_step_made_it(history: list[str], remedy: str) -> None:
    layer: Layer = {"etc/passwd": b"root:x:0:0::/:/x\napp:x:100:101::/:/x\n"}
    verdict = c4_01_user.evaluate(image(layer, history=history))
    assert verdict.remediation.startswith(remedy)


def test_the_suggested_context_names_the_same_user() -> None:
    layer: Layer = {
        **_ACCOUNTS,
        "entrypoint.sh": _script(_GUARD.format("gosu srv x")),
        "usr/local/bin/gosu": _PROGRAM,
    }
    view = image(layer, config={"Entrypoint": ["/entrypoint.sh"]})
    assert suggestion(view).text().find("runAsUser: 999, runAsGroup: 998") > 0


@pytest.mark.parametrize(
    ("command", "pool"),
    [
        ("php-fpm", "usr/local/etc/php-fpm.d/www.conf"),
        ("php-fpm8.2", "etc/php/8.2/fpm/pool.d/www.conf"),
        ("php-fpm82", "etc/php82/php-fpm.d/www.conf"),
        ("/opt/remi/php83/root/usr/sbin/php-fpm", "etc/opt/remi/php83/php-fpm.d/www.conf"),
    ],
)
def test_pools_of_every_version_of_php_fpm_name_its_user(command: str, pool: str) -> None:
    layer: Layer = {pool: b"[www]\nuser = www-data\n", f"{pool}.dpkg-old": b"user = node\n"}
    assert _remedy(layer, Cmd=[command, "-F"]) == "USER 33:33"


def test_every_pool_is_a_server_of_its_own() -> None:
    home = "etc/php/8.2/fpm/pool.d"
    layer: Layer = {
        f"{home}/www.conf": b"[www]\nuser = www-data\n[two]\nuser = root\nuser = srv\n",
        f"{home}/app.conf": b"[app]\nuser = node\n",
    }
    view = image({**_ACCOUNTS, **layer}, config={"Cmd": ["php-fpm8.2"]})
    config = view.config.config if view.config else RunConfig()
    assert {x.evidence.detail for x in drops(view, config)} == {
        "user www-data of pool www;",
        "user srv of pool two;",
        "user node of pool app;",
    }


def test_a_pool_whose_file_is_read_later_counts() -> None:
    home = "usr/local/etc/php-fpm.d"
    layer: Layer = {
        f"{home}/www.conf": b"[www]\nuser = www-data\n",
        f"{home}/zz-app.conf": b"[www]\nuser = srv\n",
    }
    assert _remedy(layer, Cmd=["php-fpm"]) == "USER 999:998"


def test_a_service_that_a_script_starts_is_a_server() -> None:
    layer: Layer = {
        "start.sh": _script("service php8.2-fpm start\nexec sleep infinity"),
        "etc/php/8.2/fpm/pool.d/www.conf": b"[www]\nuser = www-data\n",
    }
    assert _remedy(layer, Cmd=["/start.sh"]) == "USER 33:33"


def test_directories_named_like_patterns_end() -> None:
    layer: Layer = {"etc/php/8*/fpm/pool.d/[0-9]*.conf": b"", "etc/php/8*/8*/x": b""}
    assert _remedy(layer, Cmd=["php-fpm8"]) == "USER 1000:1000"


@pytest.mark.parametrize(
    ("run", "config", "text"),
    [
        pytest.param(
            "etc/s6-overlay/s6-rc.d/svc-app/run",
            {"Entrypoint": ["/init"]},
            "#!/command/with-contenv bash\nexec \\\n  s6-notifyoncheck -d -c 'nc -z a 80' \\\n"
            "  s6-setuidgid srv /app/bin\n",
            id="s6-overlay 3",
        ),
        pytest.param(
            "etc/services.d/app/run",
            {"Entrypoint": ["/init"]},
            "#!/usr/bin/execlineb -P\nfdmove -c 2 1\ns6-setuidgid srv\n/app/bin\n",
            id="s6-overlay 2",
        ),
        pytest.param(
            "etc/s6/app/run",
            {"Entrypoint": ["/start.sh"]},
            "#!/bin/sh\nexec s6-setuidgid srv /app/bin\n",
            id="s6-svscan",
        ),
    ],
)
def test_users_of_services_are_told(run: str, config: dict[str, object], text: str) -> None:
    layer: Layer = {
        **_ACCOUNTS,
        "init": _PROGRAM,
        "start.sh": _script("exec /usr/bin/s6-svscan /etc/s6"),
        "command/s6-setuidgid": _PROGRAM,
        run: File(text.encode(), mode=0o755),
    }
    verdict = c4_01_user.evaluate(image(layer, config=config))
    own = ", let the user own /run" if config == {"Entrypoint": ["/init"]} else ""
    assert verdict.reason == "drops-privileges-at-start"
    assert verdict.remediation == (
        f"start the program without s6-setuidgid in /{run}{own}, then USER 999:998"
    )


def test_pools_behind_many_others_have_their_own_user() -> None:
    pools = "".join(f"[p{n}]\nuser = srv\n" for n in range(64))
    layer: Layer = {"etc/php-fpm.d/www.conf": f"{pools}[last]\nuser = www-data\n".encode()}
    view = image({**_ACCOUNTS, **layer}, config={"Cmd": ["php-fpm"]})
    assert {drop.ids for drop in drops(view, RunConfig.model_validate({"Cmd": ["php-fpm"]}))} == {
        (999, 998)
    }
    assert c4_01_user.evaluate(view).remediation.endswith("USER 999:998")


_INCLUDING = b"[global]\ninclude=etc/php-fpm.d/*.conf\ninclude = /app/fpm/*.conf\n"


@pytest.mark.parametrize(
    ("main", "command", "users", "unread"),
    [
        pytest.param(_INCLUDING, ["php-fpm"], ["user srv of pool a;"], "app/fpm/b.conf", id="file"),
        pytest.param(
            b"[w]\nuser = node\n" + _INCLUDING,
            ["php-fpm", "-F"],
            ["user node of pool w;", "user srv of pool a;"],
            "app/fpm/b.conf",
            id="pools of its own",
        ),
        pytest.param(
            _INCLUDING, ["php-fpm", "-y", "/app/fpm/b.conf"], [], "app/fpm/b.conf", id="named"
        ),
    ],
)
def test_pools_are_read_where_they_are_included_and_unread_ones_told(
    main: bytes, command: list[str], users: list[str], unread: str
) -> None:
    layer: Layer = {
        **_ACCOUNTS,
        "usr/local/etc/php-fpm.conf": main,
        "usr/local/etc/php-fpm.d/a.conf": b"[a]\nuser = srv\n",
        "app/fpm/b.conf": b"[b]\nuser = www-data\n",
    }
    verdict = c4_01_user.evaluate(image(layer, config={"Cmd": command}))
    told = [x for x in verdict.evidence if x.reason == "drops-privileges-at-start"]
    assert [x.detail for x in told] == users
    assert [x.path for x in verdict.evidence if x.reason == "settings-unread"] == [unread]


def test_more_pools_than_are_looked_at_are_told() -> None:
    pools = "".join(f"[p{n}]\nuser = srv\n" for n in range(65))
    layer: Layer = {**_ACCOUNTS, "etc/php-fpm.d/www.conf": pools.encode()}
    verdict = c4_01_user.evaluate(image(layer, config={"Cmd": ["php-fpm"]}))
    assert "settings-unread" in {x.reason for x in verdict.evidence}


_MAIN = (
    b"[supervisord]\nuser=root\n[program:w]\ncommand = /app/w --x=%(ENV_X)s ; a comment\n"
    b"user = srv ; that one\n[include]\nfiles = /etc/supervisor/conf.d/*.conf other.ini\n"
)


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (["supervisord", "-n"], ""),
        (["tini", "--", "/usr/bin/supervisord", "-c", "/etc/supervisor/supervisord.conf"], ""),
        (["sh", "-c", "exec supervisord --configuration=/etc/supervisor/supervisord.conf"], ""),
        (["/start.sh"], "exec supervisord -c /etc/supervisor/supervisord.conf"),
    ],
)
def test_programs_of_supervisord_are_followed(command: list[str], text: str) -> None:
    """Their users, those that they give themselves, and those of servers among them."""
    layer: Layer = {
        **_ACCOUNTS,
        "start.sh": _script(text),
        "etc/supervisor/supervisord.conf": _MAIN,
        "etc/supervisor/other.ini": b"[program:no]\nuser = srv\ncommand = x\n",
        "etc/supervisor/conf.d/a.conf": b"[program:a]\ncommand=gosu node /app/a\n"
        b"[program:n]\ncommand=nginx -g 'daemon off;'\n[group:g]\nuser = ghost\n",
        "etc/nginx/nginx.conf": b"user www-data;\n",
        "usr/bin/gosu": _PROGRAM,
    }
    verdict = c4_01_user.evaluate(image(layer, config={"Cmd": command}))
    told = {x.detail: x.reason for x in verdict.evidence if x.path.startswith("etc/")}
    assert verdict.reason == "drops-privileges-at-start"
    assert set(told) == {
        "gosu node",
        "user srv of program w",
        "user www-data;",
        "settings of a server were not read: they may name another user",
    }


def test_a_program_of_supervisord_names_its_user() -> None:
    layer: Layer = {"etc/supervisord.conf": _MAIN}
    assert _remedy(layer, Cmd=["supervisord"]) == (
        "name no other user in /etc/supervisord.conf, then USER 999:998"
    )


def test_a_server_below_supervisord_needs_both_to_be_of_one_user() -> None:
    """One that is not root gives nobody another user: it ends where its settings name one."""
    layer: Layer = {
        **_ACCOUNTS,
        "etc/supervisord.conf": b"[supervisord]\nuser=root\n[program:f]\ncommand=php-fpm -F\n",
        "etc/php-fpm.d/www.conf": b"[www]\nuser = srv\n",
    }
    assert _remedy(layer, Cmd=["supervisord"]) == (
        "name no other user in /etc/supervisord.conf, then USER 999:998"
    )


def test_the_user_that_is_known_is_the_one_that_is_told() -> None:
    layer: Layer = {
        **_ACCOUNTS,
        "entrypoint.sh": _script('su -p "$user" -s /bin/sh -c "$1"\nexec "$@"'),
        "bin/su": _PROGRAM,
        "etc/apache2/envvars": b": ${APACHE_RUN_USER:=www-data}\n",
    }
    config = {"Entrypoint": ["/entrypoint.sh"], "Cmd": ["apache2-foreground"]}
    verdict = c4_01_user.evaluate(image(layer, config=config))
    assert verdict.summary == "starts as root, then user www-data;"
