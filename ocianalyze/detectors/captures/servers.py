"""Settings of servers that name users, programs, or the files that do."""

from ocianalyze.detectors.captures._base import Capture, files
from ocianalyze.layers.observer import Interest, Seen
from ocianalyze.limits import KIB

NGINX = ("etc/nginx/nginx.conf",)
APACHE = (
    "usr/local/apache2/conf/httpd.conf",
    "etc/httpd/conf/httpd.conf",
    "etc/apache2/httpd.conf",
    "etc/apache2/envvars",
)
_ANYWHERE = ("php-fpm.conf", "supervisord.conf")
_HOMES = (
    "etc/php-fpm.d",
    "usr/local/etc/php-fpm.d",
    "etc/supervisor/conf.d",
    "etc/supervisor.d",
    "etc/supervisord.d",
)
_POOL = b".conf"
_POOL_HOMES = frozenset({b"pool.d", b"php-fpm.d"})
"""What the directories of php-fpm's pools are called, below one that names its version."""
_POOL_BYTES = 64 * KIB


def _is_pool(seen: Seen, _head: memoryview) -> bool:
    directory, _, name = seen.path.rpartition(b"/")
    is_one = name.endswith(_POOL) and directory.rpartition(b"/")[2] in _POOL_HOMES
    return is_one and seen.size <= _POOL_BYTES


CAPTURES = (
    files(*NGINX, *APACHE, names=_ANYWHERE, directories=_HOMES),
    Capture(Interest(suffixes=frozenset({_POOL})), _is_pool),
)
