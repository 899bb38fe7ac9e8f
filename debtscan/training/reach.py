"""What the names in calls mean across the files of a repository: functions, classes and their methods."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from msgspec.structs import replace

from debtscan.source.bindings import outwards
from debtscan.source.modules import Modules
from debtscan.training.acts import Act
from debtscan.training.apis import FITS, Trainer, trainer
from debtscan.training.calls import CHOSEN, METHOD, Called
from debtscan.training.found import FoundTraining
from debtscan.training.randomness import Seed

_MAX_HOPS = 5
"""Re-exports and base classes that are followed."""
UNNAMED = frozenset({"__call__", "call", "forward"})
"""Methods that run without being named."""


class Scope(NamedTuple):
    """A function (or, with an empty name, the module) of a file."""

    path: str
    name: str


class Lead(NamedTuple):
    """What one call in a scope leads to."""

    call: Called
    target: Scope | None
    """The function or class that is meant; of a method the one of the class around the call, if it has one."""
    makes: bool
    """The target is a class, of which an instance is made."""
    method: str | None
    """Name of a method called on something unknown."""
    chosen: bool = False
    """What the method is called on is only chosen when the program runs."""


class Code:
    """All files with what was found in them, and what their names mean across files."""

    def __init__(self, modules: Modules, found: Mapping[str, FoundTraining]) -> None:
        self._modules = modules
        self.found = found
        self._programs = self._installed()
        self._functions = {path: frozenset(item.functions) for path, item in found.items()}
        self._calls = {path: _by_scope(item.calls) for path, item in found.items()}
        self._leads: dict[Scope, tuple[Lead, ...]] = {}
        self._meanings: dict[tuple[str, str, str], Scope | None] = {}
        self._lines: dict[Scope, tuple[Scope, ...]] = {}
        self._methods: dict[Scope, Mapping[str, Scope]] = {}
        self._own_methods: dict[str, Mapping[str, Mapping[str, Scope]]] = {}
        self._made: dict[Scope, tuple[Scope, ...]] = {}

    def _installed(self) -> Mapping[str, list[str]]:
        """The functions that manifests make programs, by file."""
        programs: dict[str, list[str]] = defaultdict(list)
        for manifest, item in self.found.items():
            for target in item.programs:
                module, _, function = target.partition(":")
                path = self._modules.find(manifest, module)
                if path is not None and path in self.found and function:
                    programs[path].append(function)
        return programs

    def started(self, path: str) -> list[str]:
        """The scopes that run when a file is run: the module, and functions made commands or programs."""
        return ["", *self.found[path].started, *self._programs.get(path, ())]

    def leads(self, scope: Scope) -> tuple[Lead, ...]:
        """Where the calls in a scope lead, by name; those that lead nowhere are left out."""
        if scope not in self._leads:
            calls = self._calls[scope.path].get(scope.name, ())
            self._leads[scope] = tuple(self._follow(scope, calls)) if calls else ()
        return self._leads[scope]

    def _follow(self, scope: Scope, calls: Sequence[Called]) -> Iterator[Lead]:
        own = next((outer for outer in outwards(scope.name) if outer in self.found[scope.path].classes), None)
        methods = self.methods_of(Scope(scope.path, own)) if own is not None else {}
        for call in calls:
            if call.name.startswith(METHOD):
                name = call.name.removeprefix(METHOD)
                target = self._method(scope, call, name) or methods.get(name)
                yield Lead(call, target, False, name, target is None and self._is_chosen(scope, call))
            elif (target := self.meaning(scope.path, scope.name, call.name)) is not None:
                yield Lead(call, target, self.is_class(target), None)

    def _method(self, scope: Scope, call: Called, name: str) -> Scope | None:
        """The method of the class that the scope has made an instance of."""
        class_ = self.meaning(scope.path, scope.name, call.owner) if call.owner is not None else None
        return self.methods_of(class_).get(name) if class_ is not None and self.is_class(class_) else None

    def _is_chosen(self, scope: Scope, call: Called) -> bool:
        """Whether the thing comes out of a registry or of settings, there or in the function that makes it."""
        if call.owner is None or call.owner == CHOSEN:
            return call.owner is not None
        maker = self.meaning(scope.path, scope.name, call.owner)
        return maker is not None and any(item.name == CHOSEN for item in self._calls[maker.path].get(maker.name, ()))

    def seeds_of(self, path: str) -> list[Seed]:
        """What a file seeds; a function of the repository's own is judged by what it does, not by its name."""
        seeds = self.found[path].seeds
        return [seed for seed in seeds if seed.guess is None or self.meaning(path, seed.scope, seed.guess) is None]

    def missing_seeds(self, path: str) -> Sequence[str]:
        """Seeds that the settings with which Hydra starts a file leave out."""
        name = self.found[path].settings_file
        settings = self.found.get(posixpath.normpath(posixpath.join(posixpath.dirname(path), name))) if name else None
        return settings.missing_seeds if settings is not None else ()

    def seeded_on_demand(self, path: str) -> Iterator[tuple[Scope, str]]:
        """The repository's own seeding functions that a file calls with an option without default, and the option."""
        for seed in self.found[path].seeds:
            if seed.guess is not None and seed.option is not None:
                target = self.meaning(path, seed.scope, seed.guess)
                if target is not None:
                    yield target, seed.option

    @cached_property
    def leading(self) -> frozenset[str]:
        """Last names of functions and classes through which training may be reached, by name alone."""
        callers: dict[str, set[str]] = defaultdict(set)
        for calls_of in self._calls.values():
            for scope, calls in calls_of.items():
                caller = _called_as(scope)
                for call in calls:
                    callers[call.name].add(caller)
        spelled: dict[str, list[str]] = defaultdict(list)
        for name in callers:
            spelled[last_part(name)].append(name)
        todo = [_called_as(act.scope) for item in self.found.values() for act in item.acts]
        leading: set[str] = set()
        while todo:
            if (last := todo.pop()) and last not in leading:
                leading.add(last)
                todo += [caller for name in spelled.get(last, ()) for caller in callers[name]]
        return frozenset(leading)

    def may_train(self, path: str) -> bool:
        """Whether running a file can reach training at all: a cheap question before the search."""
        started = set(self.started(path))
        calls = self._calls[path]
        return any(act.scope in started for act in self.found[path].acts) or any(
            last_part(call.name) in self.leading for scope in started for call in calls.get(scope, ())
        )

    def closure(self, path: str) -> list[str]:
        """A file and those it imports, directly or not, by name."""
        found, todo, asked = {path}, [path], set[tuple[str, str]]()
        while todo:
            current = todo.pop()
            folder = current.rpartition("/")[0]
            item = self.found[current]
            for name in (*item.imported.values(), *item.everything):
                if (folder, name) in asked:
                    continue
                asked.add((folder, name))
                target = self._modules.of_name(current, name)
                for module in (target[0] if target else None, self._modules.find(current, name)):
                    if module is not None and module not in found and module in self.found:
                        found.add(module)
                        todo.append(module)
        return sorted(found)

    def meaning(self, path: str, scope: str, name: str) -> Scope | None:
        """The function or class that a name in a scope means, imports spelled out in the name."""
        key = (path, scope, name)
        if key not in self._meanings:
            self._meanings[key] = self._look_up(path, scope, name, name, _MAX_HOPS)
        return self._meanings[key]

    def _look_up(self, path: str, scope: str, name: str, spelled: str, hops: int) -> Scope | None:
        item = self.found.get(path)
        if item is None or hops == 0:
            return None
        functions, classes = self._functions[path], item.classes
        for outer in outwards(scope):
            full = f"{outer}.{name}" if outer else name.lstrip(".")
            if full in functions or full in classes:
                return Scope(path, full)
        target = self._modules.of_name(path, spelled)
        if target is not None and target[0] != path:
            return self._enter(*target, hops - 1)
        return self._among_all(path, name, hops - 1)

    def _enter(self, path: str, name: str, hops: int) -> Scope | None:
        """What a module offers under a name: its own, or something it imports itself."""
        head, dot, rest = name.partition(".")
        item = self.found.get(path)
        spelled = f"{item.imported[head]}{dot}{rest}" if item and head in item.imported else name
        return self._look_up(path, "", name, spelled, hops)

    def _among_all(self, path: str, name: str, hops: int) -> Scope | None:
        """A name that comes by `from module import *`."""
        for module in self.found[path].everything:
            target = self._modules.find(path, module)
            if target is not None and target != path and (found := self._enter(target, name, hops)) is not None:
                return found
        return None

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

    def trains(self, scope: Scope) -> bool:
        """Whether a training call stands in the scope itself."""
        acts = self.found[scope.path].acts
        return any(act.scope == scope.name and self.known_act(scope.path, act) is not None for act in acts)

    def known_act(self, path: str, act: Act) -> Act | None:
        """An act with its framework told; None if what it calls a method of is nothing that is trained by it."""
        if act.owner is None:
            return act
        target = self.meaning(path, act.scope, act.owner)
        if target is not None and self.is_class(target):
            item = self._trainer_behind(target)
            if item is None or item.how != "trainer" or item.method != act.api:
                return None
            return replace(act, framework=item.framework, draws=item.draws, api=act.owner, owner=None)
        where = target or self._modules.of_name(path, act.owner)
        made = self.found[where[0]].made.get(where[1]) if where and where[0] in self.found else None
        if made is None or act.api not in FITS | {"fit_generator", "train_on_batch"}:
            return None
        return replace(act, framework=made[0], draws=made[1], owner=None)

    def _trainer_behind(self, class_: Scope) -> Trainer | None:
        """The trainer of a known library that a class of the repository inherits from."""
        bases = (base for owner in self.classes_of(class_) for base in self.found[owner.path].classes[owner.name])
        return next((found for base in bases if (found := trainer(base)) is not None), None)

    def methods_of(self, class_: Scope) -> Mapping[str, Scope]:
        """The methods of a class and of those it inherits from, by name."""
        if class_ not in self._methods:
            owners = reversed(self.classes_of(class_))
            self._methods[class_] = {
                name: scope for owner in owners for name, scope in self._methods_in(owner.path)[owner.name].items()
            }
        return self._methods[class_]

    def _methods_in(self, path: str) -> Mapping[str, Mapping[str, Scope]]:
        """The methods of each class of a file itself."""
        if path not in self._own_methods:
            item = self.found[path]
            methods: dict[str, dict[str, Scope]] = {name: {} for name in item.classes}
            for function in item.functions:
                owner, _, name = function.rpartition(".")
                if owner in methods:
                    methods[owner][name] = Scope(path, function)
            self._own_methods[path] = methods
        return self._own_methods[path]

    def methods_named(self, name: str) -> Sequence[Scope]:
        """The methods of this name of all classes."""
        return self._by_name.get(name, ())

    @cached_property
    def _by_name(self) -> Mapping[str, Sequence[Scope]]:
        by_name: dict[str, list[Scope]] = defaultdict(list)
        for path in self.found:
            for methods in self._methods_in(path).values():
                for name, scope in methods.items():
                    by_name[name].append(scope)
        return by_name

    def made_with(self, class_: Scope) -> tuple[Scope, ...]:
        """The scopes that run when an instance is made: the constructors and bodies of a class and of its bases."""
        if class_ not in self._made:
            owners = self.classes_of(class_)
            self._made[class_] = tuple(
                scope for owner in owners for scope in (Scope(owner.path, f"{owner.name}.__init__"), owner)
            )
        return self._made[class_]

    def is_data_set(self, class_: Scope) -> bool:
        """Whether a class inherits from a data set of PyTorch, whose examples a loader asks for."""
        owners = self.classes_of(class_)
        bases = (base for owner in owners for base in self.found[owner.path].classes[owner.name])
        return any(base.startswith(("torch.", "torchvision.")) and base.endswith("Dataset") for base in bases)

    def is_class(self, scope: Scope) -> bool:
        item = self.found.get(scope.path)
        return item is not None and scope.name in item.classes


def _by_scope(calls: Sequence[Called]) -> Mapping[str, Sequence[Called]]:
    by_scope: dict[str, list[Called]] = defaultdict(list)
    for call in calls:
        by_scope[call.scope].append(call)
    return by_scope


def last_part(name: str) -> str:
    return name.rpartition(".")[2]


def _called_as(scope: str) -> str:
    """The name under which a scope is called: a constructor, and an instance that is called, under that of its class."""
    owner, _, name = scope.rpartition(".")
    return last_part(owner) if name == "__init__" or name in UNNAMED else name
