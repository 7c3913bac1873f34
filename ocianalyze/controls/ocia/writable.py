"""What a container loads or starts, and who may change it before it does."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

from ocianalyze.controls._base import Control, field_unread, undecided
from ocianalyze.controls.aspects.programs.needed import needed, search_path
from ocianalyze.controls.aspects.programs.started import (
    DEFAULT_PATH,
    argv,
    environment,
    find_program,
)
from ocianalyze.controls.aspects.users.writers import Runner, ancestors, anybody, runner
from ocianalyze.controls.saying import judged, of_config, of_entry, shortened
from ocianalyze.filesystem.view import ImageView
from ocianalyze.model.entry import Entry, Kind
from ocianalyze.model.finding import Evidence, Status, Verdict
from ocianalyze.model.oci import RunConfig
from ocianalyze.model.shell import commands
from ocianalyze.model.shell_prefix import SHELLS, carried_text

_LOADER = ("etc/ld.so.conf", "etc/ld.so.conf.d", "etc/ld.so.preload", "etc/ld.so.cache")
_LIBRARIES = ("lib", "lib64", "usr/lib", "usr/lib64", "usr/local/lib")
_DIRECTORIES = 64
_FILES = 20_000
_FILES_OF = frozenset({Kind.FILE, Kind.HARDLINK, Kind.DIRECTORY})


def by_runner(view: ImageView) -> Verdict:
    """Judge programs, libraries and settings of the loader that the configured user may write."""
    user = view.once(runner)
    if user.resolved.problem and user.unread:
        return _unknown(user)
    if user.is_root:
        summary = "does not apply: root writes everything (CIS 4.1)"
        return Verdict(Status.NOT_APPLICABLE, "runs-as-root", summary)
    found = (
        of_entry(entry, why, severity="high")
        for entry in _loaded(view)
        if (why := user.may_write(entry))
    )
    return _sure(user, judged(found, "load-path-writable", "path that the user may write"))


def _sure(user: Runner, verdict: Verdict) -> Verdict:
    """Return a verdict unless it is a pass that account files could turn around."""
    return _unknown(user) if verdict.status is Status.PASS and user.unread else verdict


def _unknown(user: Runner) -> Verdict:
    summary = f"not evaluated: {shortened(user.unread[0].path, 24)} was not read"
    return undecided("accounts-unread", summary, *user.unread)


def directories(view: ImageView) -> Verdict:
    """Judge the elements of PATH."""
    if unread := field_unread(view, "Env"):
        return unread
    return _sure(view.once(runner), judged(_unsafe(view), "path-unsafe", "unsafe element of PATH"))


def started(view: ImageView) -> Verdict:
    """Judge the files that the entry point and the health check name."""
    config = view.config.config if view.config else None
    words = list(argv(config)) if config else []
    test = config.healthcheck.test[: _DIRECTORIES + 1] if config and config.healthcheck else []
    if config is None or not (words or test[1:]):
        return Verdict(Status.NOT_APPLICABLE, "starts-nothing", "the image names no program")
    named = (find_program(view, config, word) for word in (*words, *test[1:]))
    texts = (*_texts(words), *(test[1:2] if test[:1] == ["CMD-SHELL"] else _texts(test[1:])))
    entries = (*named, *(x for text in texts for x in _of_text(view, config, text)))
    found = {x.path: of_entry(x, anybody(x), severity="high") for x in entries if x and anybody(x)}
    return judged(found.values(), "entry-writable", "program that many may write")


def _texts(words: Sequence[str]) -> Iterator[str]:
    """Yield what the shells among some words are given, behind whatever starts them."""
    for at, word in enumerate(words):
        if word.rpartition("/")[2] in SHELLS:
            yield carried_text(words[at:])


def _of_text(view: ImageView, config: RunConfig, text: str) -> Iterator[Entry | None]:
    """Yield the programs of a shell's text, and what such as tini and interpreters are given."""
    for command in islice(commands(text), _DIRECTORIES):
        for number, word in enumerate(command.words[:_DIRECTORIES]):
            entry = find_program(view, config, word)
            is_run = not number or command.name in SHELLS or (entry and entry.mode & 0o111)
            if is_run:
                yield entry


def _loaded(view: ImageView) -> Iterator[Entry]:
    """Yield what a container starts and loads, and the directories that hold it."""
    wanted = dict.fromkeys((*_LOADER, *_LIBRARIES, *sorted(view.once(needed))))
    for directory in dict.fromkeys(search_path(view)):
        wanted |= dict.fromkeys(entry.path for entry in view.tree.listing(directory)[:_FILES])
    parents = dict.fromkeys(path.rpartition("/")[0] for path in wanted)
    yield from _existing(view, (*wanted, *filter(None, parents)))


def _existing(view: ImageView, paths: Iterable[str]) -> Iterator[Entry]:
    seen: set[str] = set()
    for path in paths:
        entry = view.tree.resolve(path)
        if entry is not None and entry.kind in _FILES_OF and entry.path not in seen:
            seen.add(entry.path)
            yield entry


def _unsafe(view: ImageView) -> Iterator[Evidence]:
    config = view.config.config if view.config else None
    path = (environment(config, "PATH") if config else None) or DEFAULT_PATH
    user = view.once(runner)
    for element in path.split(":", _DIRECTORIES)[:_DIRECTORIES]:
        if not element.startswith("/"):
            what = "empty element" if not element else f"relative element {element[:40]}"
            yield of_config("/config/Env", f"PATH has an {what}", "high")
            continue
        entry = view.tree.resolve(element)
        if entry is None or entry.kind is not Kind.DIRECTORY:
            continue
        if why := anybody(entry) or ("" if user.is_root else user.may_write(entry)):
            yield of_entry(entry, f"directory of PATH, {why}", severity="high")
        for above in ancestors(view, element):
            if why := user.may_rename_in(above):
                yield of_entry(above, f"above a directory of PATH, {why}", severity="high")


CONTROLS = (
    Control(
        id="ocia-writable-by-runtime-user",
        short="user may write programs",
        automation="full",
        reads="config.User and PATH; owner and mode of programs, libraries and settings of the "
        "loader, and of their directories",
        decides="fails when the user of the image owns or may write one of them; an image that "
        "runs as root is left to CIS 4.1",
        limits="access control lists are not weighed; a runtime may set another user",
        remediation="COPY --chown=root:root, or RUN chown root:root and chmod go-w",
        evaluate=by_runner,
        needs=frozenset({"config", "filesystem"}),
        on_windows="meaningless",
    ),
    Control(
        id="ocia-path-writable-dir",
        short="PATH",
        automation="full",
        reads="PATH of config.Env, owner and mode of its directories, config.User",
        decides="fails on an empty or relative element, and on a directory that everybody, a "
        "group other than root's, or a user of the image other than root may write, or above which "
        "one of them may rename",
        limits="a PATH that an entry script sets",
        remediation="ENV PATH with absolute directories of root, and RUN chmod go-w on them",
        evaluate=directories,
        needs=frozenset({"config", "filesystem"}),
        on_windows="meaningless",
    ),
    Control(
        id="ocia-world-writable-script-entrypoint",
        short="entry point writable",
        automation="full",
        reads="config.Entrypoint, Cmd and Healthcheck, with the commands of a shell's text there; "
        "modes of the files that they name",
        decides="fails when everybody, or a group other than root's, may write one of them",
        limits="files that these start in turn",
        remediation="COPY --chmod=0755, or RUN chmod go-w",
        evaluate=started,
        needs=frozenset({"config", "filesystem"}),
        on_windows="meaningless",
    ),
)
