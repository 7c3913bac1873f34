"""Groups that Maven artifacts are published in, where names and packages would tell another one.

Facts of Maven Central: what is told wrongly matches another project's advisories, or none.
"""

import re
from collections.abc import Iterable
from itertools import islice

_HOSTS = frozenset(
    {"com.github", "com.google", "com.sun", "io.github", "org.apache", "org.eclipse"}
)
"""What many projects publish below and none as its group, though manifests tell it."""
_COMMONS = "org.apache.commons"
_ALONE = frozenset(
    f"commons-{component}"
    for component in (
        *("attributes", "beanutils", "betwixt", "chain", "cli", "codec", "collections"),
        *("configuration", "daemon", "dbcp", "dbutils", "digester", "discovery", "el"),
        *("fileupload", "httpclient", "io", "jelly", "jexl", "jxpath", "lang", "launcher"),
        *("logging", "modeler", "net", "pool", "primitives", "transaction", "validator", "vfs"),
    )
)
"""Components of Apache Commons that are older than its group: each is one of its own."""
_PUBLISHED = {"org.objectweb": "org.ow2.asm", "com.sun.jna": "net.java.dev.jna"}
"""Groups by the Java packages of projects that publish in no group of that name."""
_API = re.compile(r"((?:jakarta|javax)\.[a-z.]+)-api\Z")
_MEMBERS = 100_000
"""Looked at in one archive."""


def published(group: str, artifact: str) -> str:
    """Return the group that an artifact is published in; empty when the told one is none."""
    if group == _COMMONS and artifact in _ALONE:
        return artifact
    for package, other in _PUBLISHED.items():
        if f"{group}.".startswith(f"{package}."):
            return other
    return "" if group in _HOSTS else group


def of_interface(artifact: str, members: Iterable[str]) -> str:
    """Return the group of a Java or Jakarta EE interface; empty for anything else.

    `jakarta.ws.rs-api` is in `jakarta.ws.rs`, the package of its classes; some are in another.
    """
    named = _API.match(artifact)
    if named is None:
        return ""
    folder = f"{named[1].replace('.', '/')}/"
    return named[1] if any(one.startswith(folder) for one in islice(members, _MEMBERS)) else ""
