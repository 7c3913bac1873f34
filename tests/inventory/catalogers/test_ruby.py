"""Ruby gems by the specifications that RubyGems writes; Gemfile.lock as weaker evidence."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packageurl import PackageURL

from ocianalyze.inventory.catalogers.ruby import CATALOGER
from ocianalyze.inventory.purl import purl
from tests.images import Layer
from tests.inventory.catalogers.walked import (
    NOWHERE,
    claims,
    found,
    kept,
    releases,
    survives,
)

HOME = "usr/local/lib/ruby/gems/3.2.0"
# As RubyGems 3.3 writes them.
SPECIFICATION = b"""# -*- encoding: utf-8 -*-
# stub: rake 13.0.6 ruby lib

Gem::Specification.new do |s|
  s.name = "rake".freeze
  s.version = "13.0.6"

  s.required_rubygems_version = Gem::Requirement.new(">= 0".freeze)
  s.metadata = { "source_code_uri" => "https://example.org" } if s.respond_to? :metadata=
  s.authors = ["Hiroshi Example".freeze, "Other".freeze]
  s.executables = ["rake".freeze, "../../../bin/sh".freeze]
  s.licenses = ["MIT".freeze, "Ruby".freeze]
  s.rubygems_version = "3.3.7".freeze
end
"""
OLD = b"""Gem::Specification.new do |spec|
  spec.name = %s
  spec.version = Gem::Version.new('1.2.3')
  spec.platform = "x86_64-linux"
  spec.license = 'BSD'
end
"""
LOCK = b"""GIT
  remote: https://example.org/x.git
  revision: abc
  specs:
    fromgit (0.1.0)

PATH
  remote: .
  specs:
    own (9.9.9)

GEM
  remote: https://example.org/
  specs:
    nokogiri (1.13.0-x86_64-linux)
      racc (~> 1.4)
    racc (1.6.0)

PLATFORMS
  ruby

DEPENDENCIES
  nokogiri (1.0)

BUNDLED WITH
   2.3.7
"""


def test_a_specification_is_read() -> None:
    layer: Layer = {f"{HOME}/specifications/rake-13.0.6.gemspec": SPECIFICATION}
    (one,) = found(CATALOGER, layer)
    assert (one.type, one.name, one.version, one.confidence) == ("gem", "rake", "13.0.6", "exact")
    assert (one.licenses, one.supplier) == (("MIT", "Ruby"), "Hiroshi Example")


def test_a_gem_claims_its_directory_and_its_programs() -> None:
    path = f"{HOME}/specifications/rake-13.0.6.gemspec"
    (claim,) = claims(CATALOGER, {path: SPECIFICATION})
    assert claim.trees == (f"{HOME}/gems/rake-13.0.6",)
    assert claim.paths == (path,)
    assert set(claim.programs) == {f"{HOME}/bin/rake", "usr/local/bin/rake"}


def test_debians_ruby_writes_programs_to_usr_local() -> None:
    home = "var/lib/gems/3.1.0"
    (claim,) = claims(CATALOGER, {f"{home}/specifications/rake-13.0.6.gemspec": SPECIFICATION})
    assert set(claim.programs) == {f"{home}/bin/rake", "usr/local/bin/rake"}


def test_default_gems_are_marked() -> None:
    path = f"{HOME}/specifications/default/rake-13.0.6.gemspec"
    (one,) = found(CATALOGER, {path: SPECIFICATION})
    assert one.properties == (("default", "true"),)
    (claim,) = claims(CATALOGER, {path: SPECIFICATION})
    assert claim.trees == (f"{HOME}/gems/rake-13.0.6",)


def test_older_spellings_are_read() -> None:
    (one,) = found(CATALOGER, {"specifications/a.gemspec": OLD % b"'a'"})
    assert (one.name, one.version, one.licenses) == ("a", "1.2.3", ("BSD",))
    assert one.qualifiers == (("platform", "x86_64-linux"),)


@pytest.mark.parametrize("path", ["gems/a-1/a.gemspec", "a.gemspec", "specifications/x/a.gemspec"])
def test_specifications_elsewhere_are_sources(path: str) -> None:
    assert kept(CATALOGER, {path: SPECIFICATION}) == []


def test_a_specification_without_a_name_is_a_problem() -> None:
    (each,) = kept(CATALOGER, {"specifications/a.gemspec": OLD % b"NAME"})
    with pytest.raises(ValueError, match="without a name"):
        list(CATALOGER.read(each, NOWHERE))


def test_a_lock_file_names_released_and_git_gems() -> None:
    layer: Layer = {"app/Gemfile.lock": LOCK}
    assert releases(CATALOGER, layer) == {
        ("fromgit", "0.1.0"),
        ("nokogiri", "1.13.0"),
        ("racc", "1.6.0"),
    }
    by_name = {one.name: one for one in found(CATALOGER, layer)}
    here = ("repository_url", "https://example.org")
    assert by_name["nokogiri"].qualifiers == (("platform", "x86_64-linux"), here)
    assert by_name["fromgit"].properties == (("evidence", "lock-file"), ("source", "git"))
    assert {one.confidence for one in by_name.values()} == {"heuristic"}
    assert claims(CATALOGER, layer) == []


GIT = "GIT\n  remote: {}\n  revision: {}\n  branch: main\n  specs:\n    a (1.0)\n"
GEM = "GEM\n{}  specs:\n    a (1.0-java)\n"


@pytest.mark.parametrize(
    ("section", "expected"),
    [
        (GIT.format("https://github.com/x/a.git", "1f2e"),
         "pkg:gem/a@1.0?vcs_url=git%2Bhttps://github.com/x/a.git%401f2e"),
        (GIT.format("https://me:word@git.test/x/a", "1f2e"),
         "pkg:gem/a@1.0?vcs_url=git%2Bhttps://git.test/x/a%401f2e"),
        (GIT.format("git@github.com:x/a.git", "1f2e"),
         "pkg:gem/a@1.0?vcs_url=git%2Bssh://git%40github.com/x/a.git%401f2e"),
        (GIT.format("/srv/git/a", "1f2e"),
         "pkg:gem/a@1.0?vcs_url=git%2Bfile:///srv/git/a%401f2e"),
        (GEM.format("  remote: https://rubygems.org/\n"), "pkg:gem/a@1.0?platform=java"),
        (GEM.format("  remote: https://t:word@gems.test/p/\n"),
         "pkg:gem/a@1.0?platform=java&repository_url=https://gems.test/p"),
        (GEM.format("  remote: https://gems.test/\n  remote: https://rubygems.org/\n"),
         "pkg:gem/a@1.0?platform=java"),
        (GEM.format(""), "pkg:gem/a@1.0?platform=java"),
    ],
    ids=["git", "secret", "ssh", "local", "registry", "other-registry", "several", "none"],
)  # fmt: skip
def test_a_purl_says_where_a_gem_is_from(section: str, expected: str) -> None:
    (one,) = found(CATALOGER, {"app/Gemfile.lock": section.encode()})
    canonical = PackageURL.from_string(expected).to_string()
    assert PackageURL.from_string(purl(one)).to_string() == canonical
    assert "word" not in purl(one)


def test_lock_files_of_gems_are_passed_over() -> None:
    assert kept(CATALOGER, {f"{HOME}/gems/a-1/Gemfile.lock": LOCK}) == []


@pytest.mark.parametrize("unit", ["\n", " ", "s.name", "s.name = ", "    a (1)\n", "GEM\n", "["])
def test_files_are_read_in_linear_time(unit: str) -> None:
    began = time.process_time()
    survives(CATALOGER, "specifications/a.gemspec", unit.encode() * (900_000 // len(unit)))
    survives(CATALOGER, "Gemfile.lock", b"GEM\n" + unit.encode() * (900_000 // len(unit)))
    assert time.process_time() - began < 5


@pytest.mark.parametrize("path", ["specifications/a.gemspec", "Gemfile.lock"])
@given(content=st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_any_content_is_survived(path: str, content: bytes) -> None:
    survives(CATALOGER, path, content)


@given(at=st.integers(0, 600), junk=st.binary(max_size=8))
def test_damaged_specifications_are_survived(at: int, junk: bytes) -> None:
    survives(CATALOGER, "specifications/a.gemspec", SPECIFICATION[:at] + junk)
    survives(CATALOGER, "Gemfile.lock", LOCK[:at] + junk + LOCK[at + 2 :])


NEEDS = b"""
  if s.respond_to? :add_runtime_dependency then
    s.add_runtime_dependency(%q<racc>.freeze, ["~> 1.4".freeze, "< 2".freeze])
    s.add_dependency "mini_portile2", ">= 0"
    s.add_dependency('bare')
    s.add_development_dependency(%q<minitest>.freeze, [">= 0"])
  else
    s.add_dependency(%q<minitest>.freeze, [">= 0"])
  end
end
"""


def test_needs_are_those_of_running_with_their_requirements() -> None:
    text = SPECIFICATION.replace(b"end\n", b"", 1) + NEEDS
    (one,) = found(CATALOGER, {f"{HOME}/specifications/rake-13.0.6.gemspec": text})
    assert one.depends == ("racc ~> 1.4, < 2", "mini_portile2 >= 0", "bare")
