"""Which package needs which, as the tools of an ecosystem resolve it and as we list it."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from ocianalyze.inventory.dependencies import dependencies
from ocianalyze.inventory.purl import purl
from ocianalyze.model.package import Found, Package, Presence
from tests.inventory.accuracy.comparison import Comparison, Release
from tests.inventory.accuracy.oracles import rows, told
from tests.inventory.accuracy.ours import Words, plain

_GEMS = (
    "Gem::Specification.each{|s|s.runtime_dependencies.each{|d|t=(d.to_spec rescue next);"
    'puts [s.name,s.version,t.name,t.version].join("\\t")}}'
)
_CRAN = (
    "i<-installed.packages();for(k in seq_len(nrow(i)))for(f in c('Depends','Imports'))"
    "if(!is.na(i[k,f]))cat(i[k,'Package'],'\\t',gsub('\\\\s+',' ',i[k,f]),'\\n',sep='')"
)
_ERLANG = (
    'lists:foreach(fun(F)->{ok,[{_,N,P}|_]}=file:consult(F),io:format("~s\\t~p~n",[N,'
    "proplists:get_value(applications,P,[])++proplists:get_value(included_applications,P,[])])end,"
    'filelib:wildcard("/usr/lib/{erlang,elixir}/lib/*/ebin/*.app")),halt().'
)
_WORD = re.compile(r"[A-Za-z][\w.]*")


def gems(root: Path, packages: Sequence[Package]) -> Comparison:
    """Compare what RubyGems would load for each gem."""
    listed = rows(told("chroot", str(root), "ruby", "-e", _GEMS))
    oracle = "RubyGems, needs of these gems"
    return Comparison(
        "gem", oracle, frozenset(map(tuple, listed)), _ours(("gem",), packages, plain)
    )


def cran(root: Path, packages: Sequence[Package]) -> Comparison:
    """Compare what R packages attach and import."""
    listed = rows(told("chroot", str(root), "Rscript", "-e", _CRAN))
    oracle = "R, needs of these packages"
    return _by_name("cran", oracle, listed, packages)


def erlang(root: Path, packages: Sequence[Package]) -> Comparison:
    """Compare what Erlang reads of applications, those of Elixir too."""
    listed = rows(told("chroot", str(root), "erl", "-noshell", "-eval", _ERLANG))
    return _by_name("otp", "Erlang, needs of its applications", listed, packages, "hex")


def _by_name(
    case: str, oracle: str, listed: Iterable[list[str]], packages: Sequence[Package], *also: str
) -> Comparison:
    """Compare needs by names, of which each is there once; of what is not there none can be."""
    types = (case, *also)
    there = {one.name for one in packages if one.type in types}
    theirs = {
        (own, name)
        for own, text in listed
        for name in _WORD.findall(re.sub(r"\([^)]*\)", "", text))
        if name in there and name != own
    }
    return Comparison(case, oracle, frozenset(theirs), _ours(types, packages, _named))


def _named(package: Package) -> Release:
    return (package.name,)


def _ours(types: Sequence[str], packages: Sequence[Package], words: Words) -> frozenset[Release]:
    return frozenset(_edges([one for one in packages if one.type in types], words))


def _edges(packages: Sequence[Package], words: Words) -> Iterator[Release]:
    edges = dependencies(packages, str, lambda _: ()).edges
    for one, others in edges.items():
        yield from ((*words(packages[one]), *words(packages[other])) for other in others)


def needed(found: Iterable[Found]) -> set[tuple[str, str]]:
    """Return which visible packages need which, by names."""
    packages = [Package(x, purl(x), "x", Presence.VISIBLE, (x.location,), 0) for x in found]
    return {(one, other) for one, other in _edges(packages, _named)}
