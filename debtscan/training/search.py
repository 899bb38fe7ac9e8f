"""Which functions run when a file is run: calls followed by name through the repository.

Names are all there is: a method called on something unknown is taken for that of every class of which an instance has
been made on the way. What is reached so is no more than a guess, good enough to find a seed or the training itself.
So is what a registry or settings choose: of the classes at hand those whose method of this name trains.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

from debtscan.training.calls import Called
from debtscan.training.reach import UNNAMED, Code, Lead, Scope

_MAX_SCOPES = 2_000
"""Functions followed from one file; beyond this a search only wanders through the whole repository."""
_ASKED_BY_LOADERS = frozenset({"__getitem__", "__iter__"})
"""Methods of a data set that run without being named."""
_MAX_CHOSEN_SCOPES = 300
"""Functions followed from one method that may be meant."""
_MAX_NAMESAKES = 10
"""A method that more classes have says nothing by its name."""
_TRAINING = re.compile(r"(^|_)(train|fit|learn|optimi[sz]e)(_|$)|^train|training$")
_NO_TRAINING = re.compile(r"_*(eval|test|predict|valid|infer|generate|sample|export|load|save|plot|get_|build)")


class Step(NamedTuple):
    """How a scope is reached."""

    scope: Scope
    first: Called | None
    """The call in the file that was started which led there."""
    sure: bool = True
    """Only names of functions and classes were followed, and no method of something unknown."""


class Search:
    """Finds what runs when files are run."""

    def __init__(self, code: Code) -> None:
        self._code = code

    def reached(self, path: str) -> list[Step]:
        """Every scope that runs when `path` is run, the module itself first, in the order of discovery."""
        return list(_Run(self, self._code, path).steps())

    def chosen(self, path: str, method: str) -> Iterator[Scope]:
        """Methods of this name that train, of classes that a file may choose from, each with the scope that trains."""
        if _NO_TRAINING.match(method):
            return
        files = self._at_hand(path)
        for scope in self._code.methods_named(method):
            if scope.path in files and (found := self._trains(scope, method, files)) is not None:
                yield from (scope, found)

    def _at_hand(self, path: str) -> frozenset[str]:
        """Files that it imports, directly or not, and those beside and below it."""
        folder = path.rpartition("/")[0]
        below = (other for other in self._code.found if not folder or other.startswith(f"{folder}/"))
        return frozenset((*self._code.closure(path), *below))

    def _trains(self, start: Scope, method: str, files: frozenset[str]) -> Scope | None:
        """The scope with the training that a method leads to; one whose name speaks of training may do so by guess."""
        guess = _TRAINING.search(method) is not None
        todo, seen = deque([start]), set[Scope]()
        while todo and len(seen) < _MAX_CHOSEN_SCOPES:
            scope = todo.popleft()
            if scope in seen:
                continue
            seen.add(scope)
            if self._code.trains(scope):
                return scope
            for lead in self._code.leads(scope):
                if lead.target is not None:
                    todo.extend(self._code.made_with(lead.target) if lead.makes else (lead.target,))
                if guess and lead.method is not None and lead.method != method:
                    named = [item for item in self._code.methods_named(lead.method) if item.path in files]
                    todo.extend(named if len(named) <= _MAX_NAMESAKES else ())
        return None


class _Run:
    """One walk from a file that is run; what is sure is walked first."""

    def __init__(self, search: Search, code: Code, path: str) -> None:
        self._search = search
        self._code = code
        self._start = path
        self._todo = deque([Step(Scope(path, name), None) for name in code.started(path)])
        self._guessed: deque[Step] = deque()
        self._seen: set[Scope] = set()
        self._made: set[Scope] = set()
        self._offered: dict[str, list[Scope]] = {}
        self._asked: dict[str, Called | None] = {}
        """Methods called on something unknown, with the call in the file that was started which led there first."""
        self._chosen: set[str] = set()
        self._workers = any(code.found[other].has_workers for other in code.closure(path))

    def steps(self) -> Iterator[Step]:
        while (self._todo or self._guessed) and len(self._seen) < _MAX_SCOPES:
            step = self._todo.popleft() if self._todo else self._guessed.popleft()
            if step.scope in self._seen:
                continue
            self._seen.add(step.scope)
            yield step
            for lead in self._code.leads(step.scope):
                first = step.first or (lead.call if step.scope.path == self._start else None)
                self._follow(lead, first, step.sure)

    def _follow(self, lead: Lead, first: Called | None, sure: bool) -> None:
        if lead.target is not None:
            if lead.makes:
                self._instance(lead.target, first, sure)
            else:
                self._go(lead.target, first, sure)
        if lead.method is None:
            return
        if lead.method not in self._asked:
            self._asked[lead.method] = first
            for target in self._offered.get(lead.method, ()):
                self._go(target, first, sure=False)
        if lead.chosen and lead.method not in self._chosen:
            self._chosen.add(lead.method)
            for target in self._search.chosen(self._start, lead.method):
                self._go(target, first, sure=False)

    def _go(self, target: Scope, first: Called | None, sure: bool) -> None:
        if target not in self._seen:
            (self._todo if sure else self._guessed).append(Step(target, first, sure))

    def _instance(self, class_: Scope, first: Called | None, sure: bool) -> None:
        if class_ in self._made:
            return
        self._made.add(class_)
        for scope in self._code.made_with(class_):
            self._go(scope, first, sure)
        methods = self._code.methods_of(class_)
        if not self._workers and self._code.is_data_set(class_):
            for name in sorted(_ASKED_BY_LOADERS & methods.keys()):
                self._go(methods[name], first, sure)
        for name, target in methods.items():
            self._offered.setdefault(name, []).append(target)
            if name in self._asked or name in UNNAMED:
                self._go(target, self._asked.get(name, first), sure=False)
