"""The rules of merging once more, plainly: one dictionary of paths, one entry after the other.

Slow, and it shares nothing with `ocianalyze.filesystem`. For each layer it first walks the
members in tar order to find where runtimes put them, then applies whiteouts, then entries.
"""

from dataclasses import dataclass, field

from tests.property.random_layers import Members

HOPS = 40


@dataclass
class Fate:
    """What the interpreter says of one member."""

    path: str
    state: str = "visible"
    ended_by: int | None = None
    inode: tuple[int, int] | None = None
    """Layer and member of a hard link's content, None when there is none."""


@dataclass
class Node:
    """What stands at a path."""

    layer: int
    member: int
    kind: str
    link: str = ""


Tree = dict[str, Node]


@dataclass
class Interpreter:
    """Runs layers one after the other."""

    tree: Tree = field(default_factory=dict)
    fates: list[list[Fate]] = field(default_factory=list)
    made: set[str] = field(default_factory=set)
    """Directories that were made for what is below them."""

    def run(self, layer: Members) -> None:
        """Apply one layer."""
        index = len(self.fates)
        places, targets = find_places(dict(self.tree), index, layer)
        self.fates.append([Fate(path) for path in places])
        hidden: Tree = {}
        for place, (name, _) in zip(places, layer, strict=True):
            mark = name.rpartition("/")[2]
            if mark.startswith(".wh."):
                opaque = mark == ".wh..wh..opq"
                for path in gone(self.tree, place, opaque=opaque):
                    hidden[path] = self.tree[path]
                    self._end(path, index, "deleted")
                self._unmake(place, itself=not opaque)
        for member, (name, file) in enumerate(layer):
            if not name.rpartition("/")[2].startswith(".wh."):
                node = Node(index, member, file.kind, file.link)
                self._write(places[member], node, targets[member], hidden)

    def _write(self, path: str, node: Node, target: str, hidden: Tree) -> None:
        if node.kind == "h":
            named = self.tree.get(target) or hidden.get(target)
            if named is not None and named.kind != "d":
                inode = self.fates[named.layer][named.member].inode
                self.fates[node.layer][node.member].inode = inode or (named.layer, named.member)
                if named.kind == "l":
                    node = Node(node.layer, node.member, "l", named.link)
        for above in ancestors(path):
            if above in self.tree and self.tree[above].kind != "d":
                self._end(above, node.layer, "overwritten")
        if path in self.tree:
            self._end(path, node.layer, "overwritten")
        if node.kind != "d":
            for below in [x for x in self.tree if is_below(x, path)]:
                self._end(below, node.layer, "deleted")
        self.tree[path] = node
        if node.kind != "d":
            self._unmake(path, itself=True)
        self.made.update(x for x in ancestors(path) if x and x not in self.tree)
        self.made.discard(path)

    def _unmake(self, path: str, *, itself: bool) -> None:
        self.made = {x for x in self.made if not (is_below(x, path) or (itself and x == path))}

    def _end(self, path: str, layer: int, state: str) -> None:
        node = self.tree.pop(path)
        fate = self.fates[node.layer][node.member]
        fate.state, fate.ended_by = state, layer


def find_places(tree: Tree, index: int, layer: Members) -> tuple[list[str], list[str]]:
    """Return where members and the targets of hard links are, as a runtime goes along."""
    places: list[str] = []
    targets: list[str] = []
    for member, (name, file) in enumerate(layer):
        directory, _, base = name.rpartition("/")
        base = "" if base == "." else base
        is_mark = base.startswith(".wh.")
        above = resolve(tree, directory, evict=not is_mark)
        if is_mark:
            opaque = base == ".wh..wh..opq"
            place = above if opaque else join(above, base.removeprefix(".wh."))
            old = [x for x in gone(tree, place, opaque=opaque) if tree[x].layer < index]
            for path in old:
                del tree[path]
            places.append(place)
            targets.append("")
            continue
        place = join(above, base)
        target, node = "", Node(index, member, file.kind, file.link)
        if file.kind == "h":
            parent, _, last = file.link.rpartition("/")
            target = join(resolve(tree, parent, evict=False), last)
            named = tree.get(target)
            if named is not None and named.kind == "l":
                node = Node(index, member, "l", named.link)
        for path in [x for x in tree if is_below(x, place)] if file.kind != "d" else []:
            del tree[path]
        for path in [x for x in ancestors(place) if x in tree and tree[x].kind != "d"]:
            del tree[path]
        tree[place] = node
        places.append(place)
        targets.append(target)
    return places, targets


def resolve(tree: Tree, directory: str, *, evict: bool) -> str:
    """Follow links; after `HOPS` of them a link is taken for a directory, or becomes one."""
    done, hops = "", 0
    todo = directory.split("/")
    while todo:
        part, *todo = todo
        if part in ("", "."):
            continue
        if part == "..":
            done = done.rpartition("/")[0]
            continue
        here = join(done, part)
        node = tree.get(here)
        if node is None or node.kind != "l":
            done = here
        elif hops >= HOPS:
            done = here
            if evict:
                del tree[here]
                return resolve(tree, directory, evict=True)
        else:
            hops += 1
            todo = node.link.split("/") + todo
            done = "" if node.link.startswith("/") else done
    return done


def gone(tree: Tree, path: str, *, opaque: bool) -> list[str]:
    """Return what a whiteout takes away."""
    below = [x for x in tree if x and is_below(x, path)]
    return below if opaque or path not in tree else [path, *below]


def join(directory: str, name: str) -> str:
    """Return a path."""
    return f"{directory}/{name}" if directory and name else directory or name


def is_below(path: str, directory: str) -> bool:
    """Tell whether a path is inside a directory."""
    return path != directory and (not directory or path.startswith(directory + "/"))


def ancestors(path: str) -> list[str]:
    """Return the directories above a path, the root left out."""
    parts = path.split("/")
    return ["/".join(parts[:depth]) for depth in range(1, len(parts))]
