"""What is known of each path that code reads or writes: the decision table, first match wins.

A state says where the data are and who keeps their versions; it is no verdict. Doubt goes the harmless way: what may be
there, made or fetched counts as such, and what cannot be told is `unknown`.
"""

from __future__ import annotations

import posixpath
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias

from debtscan.datapaths.absolute import bound_to, machine_root
from debtscan.datapaths.addresses import Steadiness, steadiness
from debtscan.datapaths.found import Commands, FoundReference
from debtscan.datapaths.locations import Location
from debtscan.datapaths.made import Made
from debtscan.datapaths.places import Places, above
from debtscan.datapaths.words import ANY, telling_parts

State: TypeAlias = Literal[
    # kept: in git itself (bloat: over 10 MB), in Git LFS (broken-lfs: pointer and attribute disagree), by DVC
    "versioned-git",
    "bloat",
    "versioned-lfs",
    "broken-lfs",
    "versioned-dvc",
    # not kept, but it comes: made by code or a command here, fetched by one, or by hand as a document says
    "derived",
    "downloaded",
    "documented",
    # not kept, and nothing says where it comes from
    "ignored",
    "absent",
    # absolute: one machine's, a platform's or container's, the system's; read only if it is there
    "machine-bound",
    "platform",
    "runtime",
    "optional",
    # outside: part of a library, fetched by one; an address with a version in it or a checksum beside it, one that is
    # meant to move (a branch, an alias, a place in a store that is written again), any other
    "bundled",
    "external-known",
    "external-versioned",
    "external-mutable",
    "external-unversioned",
    # a relative path that is written; whatever the code does not tell
    "written",
    "unknown",
]

_MANY_UNREAD = 5
_PRODUCT = re.compile(
    r"(^|/)(outputs?|results?|runs?|logs?|checkpoints?|predictions?|submissions?|reports?|saved?[-_]\w+)(/|$)",
    re.IGNORECASE,
)
"""Folders that runs fill: what lies there is made, even where nobody sees by what."""
_SPLIT = re.compile(r"(train|test|val|valid|dev|eval)(ing|idation|uation)?([-_]?(set|data))?", re.IGNORECASE)
_PLACEHOLDER = re.compile(
    r"(?:^|[/_.<-])path[/_-]?(?:to|2)[/_-]?|(?:^|/)(?:dir|directory|folder|location)[/_-]to[/_-]|(?:^|[/_<-])your[/_.-]|(?:^|/)(?:xxx+|\.\.\.|<[^>]+>)(?:/|$)|[/_-]?path_?to_",
    re.IGNORECASE,
)
"""What only a reader of the code can fill in: `/path/to/data`, `your_data.csv`."""
LARGE_BYTES = 10_000_000
"""Above this a file in git itself is a burden on every clone (the limit of mllint and pynblint)."""
_BOUND: Mapping[str, State] = {"runtime": "runtime", "platform": "platform"}
_OF_ADDRESS: Mapping[Steadiness, State] = {
    "versioned": "external-versioned",
    "mutable": "external-mutable",
    "unversioned": "external-unversioned",
}
_OF_LIBRARY: Mapping[str, State] = {
    "bundled": "bundled",
    "fetched": "external-known",
    "hub": "external-known",
    "commit": "external-versioned",
}


class Tracked(NamedTuple):
    """What keeps a file's versions, and its size where it is told."""

    tracked_by: str
    size_bytes: int | None
    broken: bool
    by_stage: bool


class Judged(NamedTuple):
    state: State
    resolved: str | None
    """The path from the repository root, or the absolute path or address; None when it is not told."""


class Surroundings:
    """What one repository offers to the paths that its code names."""

    def __init__(
        self,
        places: Places,
        tracked: Mapping[str, Tracked],
        commands: Mapping[str, Commands],
        components: Mapping[str, str],
        ignores: Callable[[str], bool],
        unread: Mapping[str, Sequence[str] | None],
        *,
        in_containers: bool,
    ) -> None:
        self._places = places
        self._tracked = tracked
        self._commands = commands
        self._components = components
        self._ignores = ignores
        self._in_containers = in_containers
        self._unread = _Unread(unread, components)
        self._made: dict[str, Made] = {}
        self._mounted = frozenset(folder for item in commands.values() for folder in item.mounted)
        self._fetched = {word for item in commands.values() for word in item.fetched} - {ANY}
        self._mentioned: dict[str, set[str]] = {}
        for path, item in commands.items():
            self._mentioned.setdefault(self._component(path), set()).update(item.mentioned)
            if ANY in item.fetched:
                self._mentioned[self._component(path)].add(ANY)
            for made in item.made:
                self.note_written(made, path, folder=not posixpath.splitext(made)[1])

    def note_written(self, path: str, script: str, *, folder: bool = False) -> None:
        self._made.setdefault(self._component(script), Made()).add(path, folder=folder)

    def judge(self, location: Location, script: str, reference: FoundReference, reader: str = "") -> Judged:
        """The state of one path named in `script`; `reader` is the file with the call, where that is another."""
        holds, direction = reference.holds, reference.direction
        if (state := _OF_LIBRARY.get(holds)) is not None:
            return Judged(state, None)
        if _PLACEHOLDER.search(location.path):
            return Judged("runtime", location.path)
        if location.kind == "parameter":
            return Judged("runtime" if reference.how == "runtime" else "unknown", None)
        if location.kind == "remote":
            return Judged(_of_address(location.path, reference), location.path)
        if location.path.startswith("~") and self._keeps_at_home(location.path, script, reference):
            return Judged("runtime", location.path)
        if location.kind == "local_absolute":
            notebook = script.endswith(".ipynb")
            bound = bound_to(location.path, self._mounted, in_containers=self._in_containers, in_notebook=notebook)
            # a file in the root of the disk is nobody's: a joined part began with a slash by mistake
            rooted = bool(machine_root(location.path))
            return Judged(_BOUND.get(bound, "machine-bound" if rooted else "unknown"), location.path)
        if direction == "write":
            return Judged("written", location.path)
        found = self._places.find(location.path, script, exact=location.exact)
        if found:
            return Judged(self._kept(found), found[0])
        if (kept := self._inside_tracked(location.path, script, exact=location.exact)) is not None:
            return kept
        missing = self._missing(location, script, reader or script, probed=reference.probed)
        return Judged(missing, _resolved(location, script))

    def _keeps_at_home(self, path: str, script: str, reference: FoundReference) -> bool:
        """Whether code fills a folder of whoever runs it: what it writes, fetches, or asks for before it reads."""
        made = self._made.get(self._component(script))
        said = self._commands.get(script)
        return bool(
            reference.direction == "write" or reference.probed or (said and said.fetched) or (made and made.holds(path))
        )

    # debtscan: ignore[complex-hotspot] a branch a form found in the wild; to be cut into steps with names
    def _missing(self, location: Location, script: str, reader: str, *, probed: bool) -> State:
        """The state of a path at which nothing lies."""
        component = self._component(script)
        if (made := self._made.get(component)) and made.holds(location.path):
            return "derived"
        words = telling_parts(location.path)
        said = self._commands.get(script) or Commands()
        at_reader = self._commands.get(reader) or said
        if said.fetched or at_reader.fetched or not self._fetched.isdisjoint(words):
            return "downloaded"
        if probed:
            return "optional"
        if any(self._unread.may_hold(place, words) for place in ((component, _top(script)), (component, None))):
            return "unknown"
        if _PRODUCT.search(location.path) or ("*" in location.path and "/" not in location.path):
            return "unknown"
        mentioned = self._mentioned.get(component, set()) | set(said.mentioned)
        if ANY in mentioned or not mentioned.isdisjoint(words):
            return "documented"
        return "ignored" if self._ignores(_resolved(location, script)) else "absent"

    def _component(self, path: str) -> str:
        return self._components.get(path, ".")

    def _kept(self, found: Sequence[str]) -> State:
        """How the files that a path means are kept; the worst of them decides."""
        known = [self._tracked[path] for path in found if path in self._tracked]
        if not known:
            return "versioned-git"
        return max((_state_of(item) for item in known), key=_WORST.index)

    def _inside_tracked(self, path: str, script: str, *, exact: bool) -> Judged | None:
        """A path inside a folder that DVC keeps as one output."""
        for folder in above(path):
            for found in self._places.find(folder, script, exact=exact):
                item = self._tracked.get(found)
                if item is not None and item.tracked_by == "dvc":
                    return Judged(_state_of(item), f"{found}{path[len(folder) :]}")
        return None


def _of_address(address: str, reference: FoundReference) -> State:
    """Of a store, an address with a folder that is not told may well have a date or a version there."""
    if reference.download == "verified":
        return "external-versioned"
    told = steadiness(address)
    return "unknown" if told == "mutable" and "*" in address.rpartition("/")[0] else _OF_ADDRESS[told]


_WORST: tuple[State, ...] = (
    "versioned-git",
    "versioned-lfs",
    "versioned-dvc",
    "derived",
    "bloat",
    "broken-lfs",
)


class _Unread:
    """Code that could not be read and may make what is missing: in its top folder, or (None) the whole component.

    One odd file speaks for its surroundings only, several for their component; a file whose texts are known speaks of
    the paths that they name.
    """

    def __init__(self, unread: Mapping[str, Sequence[str] | None], components: Mapping[str, str]) -> None:
        """`unread`: words of the texts of each file, None where not even these are known."""
        counts = Counter(components.get(path, ".") for path in unread)
        self._words: dict[tuple[str, str | None], set[str]] = {}
        self._unknown: set[tuple[str, str | None]] = set()
        for path, words in unread.items():
            component = components.get(path, ".")
            for place in ((component, _top(path)), (component, None) if counts[component] >= _MANY_UNREAD else None):
                if place is not None and words is None:
                    self._unknown.add(place)
                elif place is not None:
                    self._words.setdefault(place, set()).update(words or ())

    def may_hold(self, place: tuple[str, str | None], words: Iterable[str]) -> bool:
        return place in self._unknown or not self._words.get(place, set()).isdisjoint(words)


def _top(path: str) -> str:
    """The first folder of a path; empty at the root."""
    return path.partition("/")[0] if "/" in path else ""


def _state_of(item: Tracked) -> State:
    if item.tracked_by == "dvc":
        return "derived" if item.by_stage else "versioned-dvc"
    if item.broken:
        return "broken-lfs"
    if item.tracked_by in {"lfs", "annex"}:
        return "versioned-lfs"
    return "bloat" if (item.size_bytes or 0) > LARGE_BYTES else "versioned-git"


def _resolved(location: Location, script: str) -> str:
    """A path that is nowhere, as seen from the root: steps up start at the script, others at an unknown folder."""
    if location.exact or not location.path.startswith(".."):
        return location.path
    return posixpath.normpath(posixpath.join(posixpath.dirname(script), location.path))


def _whole(folder: str) -> str:
    """The folder above where one holds the part of a data set that is trained or tested on."""
    above_it, _, last = folder.rpartition("/")
    return above_it if above_it.strip("./") and _SPLIT.fullmatch(last) else folder


def data_set_of(resolved: str) -> str:
    """The folder a path's data set lies in, parts that vary and splits left out; the file itself where it lies in no folder."""
    fixed: list[str] = []
    for part in resolved.split("/"):
        if re.search(r"[*?\[]", part):
            return _whole("/".join(fixed)) or resolved
        fixed.append(part)
    folder = "/".join(fixed[:-1]) if posixpath.splitext(fixed[-1])[1] else "/".join(fixed)
    return _whole(folder) if folder.strip("./") else resolved
