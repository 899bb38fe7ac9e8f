"""Which functions run when a file is run: calls followed by name through the repository.

Names are all there is: a method called on something unknown is taken for that of every class of which an instance has
been made on the way. What is reached so is no more than a guess, good enough to find a seed or the training itself.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from debtscan.source.modules import Modules
from debtscan.training.calls import METHOD, Called
from debtscan.training.found import FoundTraining
from debtscan.training.randomness import Seed

_MAX_HOPS = 5
"""Re-exports and base classes that are followed."""
_MAX_SCOPES = 2_000
"""Functions followed from one file; beyond this a search only wanders through the whole repository."""


class Scope(NamedTuple):
    """A function (or, with an empty name, the module) of a file."""

    path: str
    name: str


class Step(NamedTuple):
    """How a scope is reached."""

    scope: Scope
    first: Called | None
    """The call in the file that was started which led there."""
    sure: bool = True
    """Only names of functions and classes were followed, and no method of something unknown."""


class Code:
    """All files with what was found in them, and what their names mean across files."""

    def __init__(self, modules: Modules, found: Mapping[str, FoundTraining]) -> None:
        self._modules = modules
        self.found = found
        self._functions = {path: frozenset(item.functions) for path, item in found.items()}
        self._calls: dict[str, Mapping[str, Sequence[Called]]] = {}
        self._meanings: dict[tuple[str, str, str], Scope | None] = {}
        self._lines: dict[Scope, tuple[Scope, ...]] = {}
        self._methods: dict[Scope, Mapping[str, Scope]] = {}

    def calls_in(self, scope: Scope) -> Sequence[Called]:
        if scope.path not in self._calls:
            calls: dict[str, list[Called]] = {}
            for call in self.found[scope.path].calls:
                calls.setdefault(call.scope, []).append(call)
            self._calls[scope.path] = calls
        return self._calls[scope.path].get(scope.name, ())

    def seeds_of(self, path: str) -> list[Seed]:
        """What a file seeds; a function of the repository's own is judged by what it does, not by its name."""
        seeds = self.found[path].seeds
        return [seed for seed in seeds if seed.guess is None or self.meaning(path, seed.scope, seed.guess) is None]

    def reached(self, path: str) -> list[Step]:
        """Every scope that runs when `path` is run, the module itself first, in the order of discovery."""
        return list(_Search(self, path).run())

    @cached_property
    def leading(self) -> frozenset[str]:
        """Last names of functions and classes through which training may be reached, by name alone."""
        callers: dict[str, set[str]] = {}
        for item in self.found.values():
            for call in item.calls:
                callers.setdefault(_last(call.name), set()).add(_called_as(call.scope))
        todo = [_called_as(act.scope) for item in self.found.values() for act in item.acts]
        leading: set[str] = set()
        while todo:
            if (name := todo.pop()) and name not in leading:
                leading.add(name)
                todo += callers.get(name, ())
        return frozenset(leading)

    def may_train(self, path: str) -> bool:
        """Whether running a file can reach training at all: a cheap question before the search."""
        item = self.found[path]
        started = {"", *item.started}
        return any(act.scope in started for act in item.acts) or any(
            call.scope in started and _last(call.name) in self.leading for call in item.calls
        )

    def closure(self, path: str) -> list[str]:
        """A file and those it imports, directly or not, by name."""
        found, todo = {path: None}, [path]
        while todo:
            current = todo.pop()
            for name in self.found[current].imported.values():
                target = self._modules.of_name(current, name)
                for module in {target[0] if target else None, self._modules.find(current, name)} - {None}:
                    assert module is not None
                    if module not in found and module in self.found:
                        found[module] = None
                        todo.append(module)
        return sorted(found)

    def meaning(self, path: str, scope: str, name: str) -> Scope | None:
        """The function or class that a name in a scope means."""
        key = (path, scope, name)
        if key not in self._meanings:
            self._meanings[key] = self._look_up(path, scope, name, _MAX_HOPS)
        return self._meanings[key]

    def _look_up(self, path: str, scope: str, name: str, hops: int) -> Scope | None:
        item = self.found.get(path)
        if item is None or hops == 0:
            return None
        for outer in _outwards(scope):
            full = f"{outer}.{name}".lstrip(".")
            if full in self._functions[path] or full in item.classes:
                return Scope(path, full)
        head, dot, rest = name.partition(".")
        spelled = f"{item.imported[head]}{dot}{rest}" if head in item.imported else name
        target = self._modules.of_name(path, spelled)
        if target is None or target[0] == path:
            return None
        return self._look_up(target[0], "", target[1], hops - 1)

    def classes_of(self, class_: Scope) -> tuple[Scope, ...]:
        """A class and those it inherits from, itself first, as far as they are the repository's own."""
        if class_ not in self._lines:
            self._lines[class_] = tuple(self._inherited(class_))
        return self._lines[class_]

    def _inherited(self, class_: Scope) -> Iterator[Scope]:
        todo, seen = [class_], set[Scope]()
        while todo and len(seen) < _MAX_HOPS * 2:
            current = todo.pop(0)
            if current in seen:
                continue
            seen.add(current)
            yield current
            bases = self.found[current.path].classes.get(current.name, ())
            meant = (self.meaning(current.path, current.name.rpartition(".")[0], base) for base in bases)
            todo += [found for found in meant if found is not None]

    def methods_of(self, class_: Scope) -> Mapping[str, Scope]:
        """The methods of a class and of those it inherits from, by name."""
        if class_ not in self._methods:
            owners = reversed(self.classes_of(class_))
            self._methods[class_] = {
                name: scope for owner in owners for name, scope in self._own_methods[owner].items()
            }
        return self._methods[class_]

    @cached_property
    def _own_methods(self) -> Mapping[Scope, Mapping[str, Scope]]:
        methods: dict[Scope, dict[str, Scope]] = {
            Scope(path, name): {} for path, item in self.found.items() for name in item.classes
        }
        for path, item in self.found.items():
            for function in item.functions:
                owner, _, name = function.rpartition(".")
                if owner in item.classes:
                    methods[Scope(path, owner)][name] = Scope(path, function)
        return methods

    def is_class(self, scope: Scope) -> bool:
        return scope.name in self.found[scope.path].classes


class _Search:
    """One walk from a file that is run; what is sure is walked first."""

    def __init__(self, code: Code, path: str) -> None:
        self._code = code
        self._start = path
        self._todo = deque([Step(Scope(path, name), None) for name in ("", *code.found[path].started)])
        self._guessed: deque[Step] = deque()
        self._seen: set[Scope] = set()
        self._made: set[Scope] = set()
        self._offered: dict[str, list[Scope]] = {}
        self._asked: dict[str, Step] = {}

    def run(self) -> Iterator[Step]:
        while (self._todo or self._guessed) and len(self._seen) < _MAX_SCOPES:
            step = self._todo.popleft() if self._todo else self._guessed.popleft()
            if step.scope in self._seen:
                continue
            self._seen.add(step.scope)
            yield step
            for call in self._code.calls_in(step.scope):
                first = step.first or (call if step.scope.path == self._start else None)
                self._follow(call, Step(step.scope, first, step.sure))

    def _follow(self, call: Called, at: Step) -> None:
        if call.name.startswith(METHOD):
            self._method(call.name.removeprefix(METHOD), at)
            return
        target = self._code.meaning(at.scope.path, at.scope.name, call.name)
        if target is None:
            return
        if self._code.is_class(target):
            self._instance(target, at)
        else:
            self._go(target, at)

    def _go(self, target: Scope, at: Step) -> None:
        (self._todo if at.sure else self._guessed).append(Step(target, at.first, at.sure))

    def _method(self, name: str, at: Step) -> None:
        around = (Scope(at.scope.path, scope) for scope in _outwards(at.scope.name))
        own = next((scope for scope in around if self._code.is_class(scope)), None)
        if own is not None and name in (methods := self._code.methods_of(own)):
            self._go(methods[name], at)
        if name not in self._asked:
            self._asked[name] = at
            for target in self._offered.get(name, ()):
                self._guessed.append(Step(target, at.first, sure=False))

    def _instance(self, class_: Scope, at: Step) -> None:
        if class_ in self._made:
            return
        self._made.add(class_)
        for owner in self._code.classes_of(class_):
            self._go(Scope(owner.path, f"{owner.name}.__init__"), at)
            self._go(owner, at)
        for name, target in self._code.methods_of(class_).items():
            self._offered.setdefault(name, []).append(target)
            if (asked := self._asked.get(name)) is not None:
                self._guessed.append(Step(target, asked.first, sure=False))


def _outwards(scope: str) -> Iterator[str]:
    while scope:
        yield scope
        scope = scope.rpartition(".")[0]
    yield ""


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _called_as(scope: str) -> str:
    """The name under which a scope is called: a constructor under that of its class."""
    owner, _, name = scope.rpartition(".")
    return _last(owner) if name == "__init__" else name
