"""Services across files: what a service consists of, and which of its loads run with every request."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from debtscan.serving.found import Call, FoundServing, Handler, Load
from debtscan.source.modules import Modules
from debtscan.source.texts import HOLE

_MAX_FILES = 300
_MAX_HOPS = 5
_OTHER_WORK = re.compile(
    "load|reload|update|switch|train|retrain|register|deploy|init|startup|reclassif|relabel|delete|rename|create|categoriz|move|save"
)
"""Handlers that are there to load a model, or to keep what one is trained on, begin so."""


class Place(NamedTuple):
    path: str
    scope: str


class Services:
    """All files with what was found in them, and what their names mean across files."""

    def __init__(
        self, modules: Modules, found: Mapping[str, FoundServing], first_party: Collection[tuple[str, str]]
    ) -> None:
        self._modules = modules
        self.found = found
        self._first_party = first_party
        """(file, top module) of imports that lead into the repository."""
        self._neighbours: dict[str, tuple[str, ...]] = {}
        self._named: dict[str, dict[Place, list[tuple[Place, Call]]]] = {}
        """By last name what is called so, from where."""

    def closure(self, path: str) -> list[str]:
        """A file and those it imports, directly or not, nearest first."""
        seen, todo = {path}, [path]
        for current in todo:
            for target in self._imported(current):
                if target not in seen and len(seen) < _MAX_FILES:
                    seen.add(target)
                    todo.append(target)
        return todo

    def _imported(self, path: str) -> tuple[str, ...]:
        if path not in self._neighbours:
            item = self.found.get(path)
            names = [
                name
                for name in (item.imported if item else ())
                if name.startswith(".") or (path, name.partition(".")[0]) in self._first_party
            ]
            targets = (self._target(path, name) for name in names)
            self._neighbours[path] = tuple(dict.fromkeys(target for target in targets if target and target != path))
        return self._neighbours[path]

    def _target(self, path: str, name: str) -> str | None:
        """The file that an imported name means: a module, or the one that holds it."""
        if (module := self._modules.find(path, name)) is not None:
            return module
        found = self._modules.of_name(path, name)
        return found[0] if found else None

    def runs_per_request(self, path: str, load: Load) -> bool:
        """Whether a load provably runs with every request.

        It stands in a handler, or in a function that handlers call and nobody else does.
        """
        return bool(load.scope) and not load.kept and self._per_request(Place(path, load.scope), _MAX_HOPS)

    def _per_request(self, place: Place, hops: int) -> bool:
        item = self.found[place.path]
        handler = next((one for one in item.handlers if one.scope == place.scope), None)
        if handler is not None:
            return answers(handler)
        if place.scope in item.kept or hops == 0:
            return False
        callers = self._callers_of(place)
        return bool(callers) and all(
            not kept and caller.scope and self._per_request(caller, hops - 1) for caller, kept in callers
        )

    def texts(self, path: str, load: Load) -> list[tuple[str, str]]:
        """What a load loads, as (file that tells it, text): itself, or those that call its function with a text."""
        if load.text.strip(HOLE) or load.parameter is None:
            return [(path, load.text)]
        owner, _, last = load.scope.rpartition(".")
        target = Place(path, owner if last == "__init__" else load.scope)
        given = [
            (caller.path, call.given[key])
            for caller, call in self._calls_of(target)
            for key in load.parameter
            if key in call.given
        ]
        return given or [(path, load.text)]

    def _callers_of(self, place: Place) -> set[tuple[Place, bool]]:
        """Where a function is called; empty where that is not known for sure."""
        owner, _, last = place.scope.rpartition(".")
        called = owner if last == "__init__" else place.scope
        if self._may_be_called_elsewhere(place, called):
            return set()
        return {(caller, call.kept) for caller, call in self._calls_of(Place(place.path, called))}

    def _may_be_called_elsewhere(self, place: Place, called: str) -> bool:
        """Files whose calls are not known may call it; so may whoever calls a method of that name on something."""
        first, dot, last = called.partition(".")
        for path, item in self.found.items():
            if dot and any(
                name.rpartition(".")[2] == last and not name.startswith(("self.", f"{first}."))
                for name in (call.name for call in item.calls)
            ):
                return True
            if item.calls or path == place.path:
                continue
            for name in item.imported:
                target = self._modules.of_name(path, name)
                if target is not None and target[0] == place.path and target[1].partition(".")[0] in {"", first}:
                    return True
        return False

    def _calls_of(self, place: Place) -> Sequence[tuple[Place, Call]]:
        """(where from, the call) of all calls of one of the repository's functions."""
        last = place.scope.rpartition(".")[2]
        if last not in self._named:
            calls: dict[Place, list[tuple[Place, Call]]] = {}
            self._named[last] = calls
            for target, caller, call in self._calls_named(last):
                calls.setdefault(target, []).append((caller, call))
        return self._named[last].get(place, ())

    def _calls_named(self, last: str) -> Iterator[tuple[Place, Place, Call]]:
        """(what is called, where from, the call) of the calls whose last name it is, whatever they mean."""
        end = f".{last}"
        for path, item in self.found.items():
            for call in item.calls:
                if call.name != last and not call.name.endswith(end):
                    continue
                caller = Place(path, call.scope)
                if call.name.startswith("self."):
                    yield Place(path, f"{call.scope.rpartition('.')[0]}.{call.name[5:]}"), caller, call
                    continue
                yield Place(path, call.name), caller, call
                target = self._modules.of_name(path, call.name)
                if target is not None and target[0] != path:
                    yield Place(*target), caller, call


def answers(handler: Handler) -> bool:
    """Whether it answers with what a model says, and is not there to load or train one."""
    name = handler.scope.rpartition(".")[2].lower()
    return handler.answers and not _OTHER_WORK.match(name)
