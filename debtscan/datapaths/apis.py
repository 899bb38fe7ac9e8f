"""The calls that read, write or fetch files, from the lexicon, looked up by the name of a callee."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from debtscan.datapaths.found import Direction
from debtscan.lexicon.entries import entries

_SELF = "self"
_MODED = frozenset({"open", "Open", "GFile", "File", "ZipFile", "open_file", "HDFStore", "memmap", "smart_open"})


class Api(NamedTuple):
    """A call that takes a path, and where: a position, a keyword, or (`on_self`) what the method is called on."""

    name: str
    direction: Direction
    position: int | None
    keyword: str
    on_self: bool
    holds: str
    """data, model, image, folder, or any: the file's name decides."""
    doubtful: bool
    """The argument is often no path: only those known to be one count."""

    @property
    def moded(self) -> bool:
        """Whether its mode tells the direction."""
        return self.direction == "read" and self.name.rpartition(".")[2] in _MODED


def find(dotted: str) -> Iterator[Api]:
    """The APIs a dotted name means: those of that very name, else methods that end so; `shutil.copy` is two."""
    last = dotted.rpartition(".")[2]
    named = [api for api in _by_last_name().get(last, ()) if api.name == dotted]
    return iter(named or [api for api in _by_last_name().get(last, ()) if _is_method(api.name, dotted)])


class FetchApi(NamedTuple):
    """A call that copies files over the network; without a keyword nothing tells where its address stands."""

    position: int | None
    keyword: str
    checks: tuple[str, ...]
    """Keywords with which it compares what arrives with a checksum."""


@cache
def last_names() -> frozenset[str]:
    """Last names of all calls that read, write or name a data set: a cheap test before a callee is spelled out."""
    named = {name.rpartition(".")[2] for name, _ in entries("datasets")}
    return frozenset(_by_last_name()) | named - {""}


@cache
def fetch_of(dotted: str) -> FetchApi | None:
    """The call that fetches, by its name or, for a method, by the last part of it."""
    known = _fetches()
    return known.get(dotted) or known.get(f".{dotted.rpartition('.')[2]}")


@cache
def fetching_names() -> frozenset[str]:
    """Last names of the calls that fetch."""
    return frozenset(name.rpartition(".")[2] for name in _fetches())


@cache
def _fetches() -> dict[str, FetchApi]:
    found = {}
    for name, place, checks in entries("downloads"):
        position, _, keyword = place.partition(":")
        told = tuple(checks.split(",")) if checks != "-" else ()
        found[name] = FetchApi(int(position) if position.isdecimal() else None, keyword, told)
    return found


def data_set_source(dotted: str) -> str | None:
    """How a data set comes that this call names: bundled, fetched or hub; None for any other call."""
    whole, modules = _data_sets()
    if (source := whole.get(dotted)) is not None:
        return source
    return next((source for module, source in modules if dotted.startswith(module)), None)


@cache
def _by_last_name() -> dict[str, list[Api]]:
    found: dict[str, list[Api]] = {}
    for direction in ("read", "write"):
        for name, place, holds in entries("readers" if direction == "read" else "writers"):
            position, _, keyword = place.partition(":")
            api = Api(
                name,
                "read" if direction == "read" else "write",
                int(position) if position.isdecimal() else None,
                keyword,
                place == _SELF,
                holds.rstrip("?"),
                holds.endswith("?"),
            )
            found.setdefault(name.rpartition(".")[2], []).append(api)
    return found


@cache
def _data_sets() -> tuple[dict[str, str], tuple[tuple[str, str], ...]]:
    named = [(name, source) for name, source in entries("datasets")]
    return (
        {name: source for name, source in named if not name.endswith(".")},
        tuple((name, source) for name, source in named if name.endswith(".")),
    )


def _is_method(name: str, dotted: str) -> bool:
    """Whether `.read.csv` is the end of `spark.read.option().csv`: the last name, behind the others in order."""
    if not name.startswith("."):
        return False
    *before, last = name[1:].split(".")
    *given, given_last = dotted.replace("()", "").replace("[]", "").split(".")
    return last == given_last and all(word in given for word in before)
