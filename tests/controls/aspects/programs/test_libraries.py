"""The libraries that a program loads, against ldd."""

import re
import subprocess
from pathlib import Path

import pytest

from ocianalyze.controls.aspects.programs.libraries import Libraries
from ocianalyze.controls.aspects.programs.needed import needed
from ocianalyze.detectors import captured, elf, shebang
from tests.images import File, Layer, image, symlink

OBSERVERS = (captured.OBSERVER, elf.OBSERVER, shebang.OBSERVER)


def machine(*paths: str) -> tuple[Layer, set[str]]:
    """Return files of this machine with the libraries that ldd names, and the latter's paths."""
    layer: dict[str, File | bytes] = {}
    libraries = set()
    for path in paths:
        layer[path[1:]] = File(Path(path).read_bytes(), mode=0o755)
        listed = subprocess.run(["ldd", path], capture_output=True, text=True, check=True).stdout
        for library in map(Path, re.findall(r"=> (/\S+)", listed)):
            real = library.resolve()
            libraries.add(str(real)[1:])
            layer[str(real)[1:]] = File(real.read_bytes())
            if library.name != real.name:
                layer[str(real.with_name(library.name))[1:]] = symlink(real.name)
    return layer, libraries


@pytest.mark.oracle
@pytest.mark.parametrize("path", ["/usr/bin/bash", "/usr/bin/dpkg", "/usr/bin/apt-get"])
def test_libraries_are_those_of_ldd(path: str) -> None:
    layer, libraries = machine(path)
    view = image(layer, observers=OBSERVERS)
    entry = view.tree.resolve(path)
    assert entry
    found = Libraries(view.tree)
    found.follow(entry)
    assert set(found.found) == libraries


@pytest.mark.oracle
def test_libraries_of_what_starts_are_needed_with_the_links_to_them() -> None:
    layer, libraries = machine("/usr/bin/bash")
    found = needed(image(layer, config={"Entrypoint": ["/usr/bin/bash"]}, observers=OBSERVERS))
    links = {path for path, file in layer.items() if isinstance(file, File) and file.kind == "l"}
    assert found == {"usr/bin/bash", *libraries, *links}


def test_a_library_that_is_not_there_is_passed_over() -> None:
    content = Path("/usr/bin/bash").read_bytes()
    view = image({"x": File(content, mode=0o755)}, observers=OBSERVERS)
    entry = view.tree.get("x")
    assert entry
    found = Libraries(view.tree)
    found.follow(entry)
    assert not found.found
