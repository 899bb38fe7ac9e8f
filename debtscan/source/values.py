"""What text an expression stands for: constants, joins, formats, defaults and handles, followed within one file.

Nothing is executed. A name stands for what was last bound to it, a parameter for its default, or for what calls of
its function in the same file pass; whatever else happens at run time leaves a hole in the text.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from debtscan.source.bindings import Binding, Bindings, outwards
from debtscan.source.path_calls import DEFAULT_MAKERS, HANDLES, JOINS, PATHS, RUNTIME, SAME, SAME_METHODS
from debtscan.source.python import PythonSource
from debtscan.source.questions import OPTION_HOLDERS, called_as, keys, member, object_of, of_parameter, setting
from debtscan.source.texts import (
    ASK_CLOSES,
    ASK_OPENS,
    HERE,
    HOLE,
    MAX_CHARACTERS,
    NAME_CLOSES,
    NAME_OPENS,
    UNKNOWN,
    How,
    Text,
    answered,
    asked,
    braces,
    concatenated,
    joined,
    parent,
    percent,
)
from debtscan.source.walk import Call

_MAX_STEPS = 600
"""Expressions looked at for one text; ordinary paths take under thirty, and doubling tricks are stopped."""
_MAX_DEPTH = 40
"""A name whose value names itself (`self.path = self.path / "x"`) ends here."""
_MAX_CALL_SITES = 20
_MAX_CALLERS = 3
"""Functions of one file that hand an argument on to each other."""
_CONSTANTS = {"os.sep": "/", "os.path.sep": "/", "os.curdir": ".", "os.pardir": "..", "__file__": f"{HERE}/{HOLE}"}


class _Place(NamedTuple):
    """Where an expression stands."""

    scope: str
    cell: int | None
    line: int


class Values:
    """Answers what the expressions of one file stand for."""

    def __init__(self, source: PythonSource) -> None:
        self._source = source
        self._steps = self._depth = 0
        self._tables: dict[int, Mapping[str, ast.expr]] = {}

    @property
    def bindings(self) -> Bindings:
        return self._source.bindings

    @cached_property
    def _calls_by_name(self) -> Mapping[str, list[Call]]:
        found: dict[str, list[Call]] = {}
        for call in self._source.walk.calls:
            function = call.node.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", None)
            if name:
                found.setdefault(name, []).append(call)
        return found

    def text(self, node: ast.expr, call: Call) -> Text:
        """What an argument of a call stands for, as far as this file and the function around it tell."""
        found = self._ask(node, _Place(call.scope.name, call.cell, call.node.lineno))
        return Text(answered(found.text, {}), found.how) if found.told else Text(HOLE, _unknown(found))

    def texts(self, node: ast.expr, call: Call) -> Iterator[tuple[Text, Call]]:
        """The same; where it hangs on a parameter without default, one text per call of that function in this file.

        With each text comes the call that decides it: the given one, or the one that passes the argument. What this
        file does not tell stays a question to others (`texts.asked`).
        """
        text = self._ask(node, _Place(call.scope.name, call.cell, call.node.lineno))
        yield from self._through_calls(text, call, _MAX_CALLERS)

    def _through_calls(self, text: Text, call: Call, depth: int) -> Iterator[tuple[Text, Call]]:
        sites = [] if text.rooted or not depth else list(self._sites(text.text))[:_MAX_CALL_SITES]
        if not sites:
            yield text, call
        for site, answers in sites:
            passed = Text(answered(text.text, answers), text.how).but("argument")
            yield from self._through_calls(passed, site, depth - 1)

    def constant(self, binding: Binding, scope: str) -> Text:
        """What a name bound in a module or class body stands for in the end."""
        found = self._ask(binding.value, _Place(scope, binding.cell, binding.line))
        return Text(answered(found.text, {}), found.how)

    def _sites(self, text: str) -> Iterator[tuple[Call, Mapping[str, str]]]:
        """Calls in this file of the function whose parameters a text asks for, with what they pass."""
        questions = [question for question in asked(text) if not question.startswith(":")]
        scope = questions[0].partition(":")[0] if questions else ""
        parameters = [
            (question, name.partition("."), found)
            for question, _, name in ((question, *question.partition(":")[1:]) for question in questions)
            if question.startswith(f"{scope}:") and (found := self.bindings.parameter(scope, name.partition(".")[0]))
        ]
        for site in self._calls_by_name.get(called_as(scope), ()) if parameters else ():
            if site.scope.name == scope:
                continue
            place = _Place(site.scope.name, site.cell, site.node.lineno)
            answers = {
                question: self._ask(member(value, attribute), place).text
                for question, (name, _, attribute), found in parameters
                if (value := argument(site.node, found.position, name)) is not None
            }
            if answers:
                yield site, answers

    def passed(self, call: Call) -> tuple[Sequence[Text], Mapping[str, Text]]:
        """What a call passes, by position (up to a `*`) and by keyword; a hole for what is no text."""
        place = _Place(call.scope.name, call.cell, call.node.lineno)
        starred = next((at for at, item in enumerate(call.node.args) if isinstance(item, ast.Starred)), None)
        positional = [self._given(item, place) for item in call.node.args[:starred]]
        return positional, {item.arg: self._given(item.value, place) for item in call.node.keywords if item.arg}

    def _given(self, node: ast.expr, place: _Place) -> Text:
        found = self._ask(node, place)
        return found if found.told or asked(found.text) else object_of(node, place.scope, self._source) or found

    def _ask(self, node: ast.expr, place: _Place) -> Text:
        self._steps = self._depth = 0
        found = self._of(node, place)
        return found if found.text.strip(HOLE) else Text(HOLE, _unknown(found))

    def _of(self, node: ast.expr, at: _Place) -> Text:
        self._steps += 1
        if self._steps > _MAX_STEPS or self._depth > _MAX_DEPTH:
            return UNKNOWN
        self._depth += 1
        found = self._looked_at(node, at)
        self._depth -= 1
        return found

    def _looked_at(self, node: ast.expr, at: _Place) -> Text:
        match node:
            case ast.Constant(value=str() | int() as value) if not isinstance(value, bool):
                return Text(str(value)[:MAX_CHARACTERS], "literal")
            case ast.Name():
                return self._name(node, at)
            case ast.Attribute():
                return self._attribute(node, at)
            case ast.Call():
                return self._call(node, at)
            case ast.JoinedStr():
                return concatenated([self._of(part, at) for part in node.values])
            case ast.FormattedValue() | ast.NamedExpr() | ast.Await():
                return self._of(node.value, at)
            case ast.BinOp():
                return self._operation(node, at)
            case ast.Subscript():
                return self._subscript(node, at)
            case ast.IfExp():
                first = self._of(node.body, at)
                return self._of(node.orelse, at) if HOLE in first.text else first
            case ast.BoolOp(op=ast.Or()):
                return self._of(node.values[-1], at).but("default")
        return UNKNOWN

    def _operation(self, node: ast.BinOp, at: _Place) -> Text:
        left = self._of(node.left, at)
        if isinstance(node.op, ast.Div):
            return joined([left, self._of(node.right, at)])
        if isinstance(node.op, ast.Add):
            return concatenated([left, self._of(node.right, at)])
        if isinstance(node.op, ast.Mod) and left.rooted:
            return self._percent(left, node.right, at)
        return UNKNOWN

    def _percent(self, template: Text, right: ast.expr, at: _Place) -> Text:
        following = iter(right.elts if isinstance(right, ast.Tuple) else [right])
        named = right if isinstance(right, ast.Dict) else None

        def value(key: str | None) -> str:
            node = entry(named, key or "") if named else next(following, None)
            return HOLE if node is None else self._of(node, at).text

        return percent(template, value)

    def _format(self, template: Text, node: ast.Call, at: _Place) -> Text:
        keywords = {keyword.arg: keyword.value for keyword in node.keywords if keyword.arg}
        following = iter(node.args)
        numbered = dict(zip(map(str, range(len(node.args))), node.args, strict=True))

        def value(key: str) -> str:
            found = next(following, None) if not key else numbered.get(key) or keywords.get(key)
            return HOLE if found is None else self._of(found, at).text

        return braces(template, value)

    # debtscan: ignore[complex-hotspot] a branch a form found in the wild; to be cut into steps with names
    def _call(self, node: ast.Call, at: _Place) -> Text:
        name = self._source.name(node.func) or ""
        first = node.args[0] if node.args else None
        if name in JOINS or name in PATHS:
            return joined([self._of(item, at) for item in node.args]) if node.args else Text(".", "literal")
        if name in SAME and first is not None:
            return self._of(first, at)
        if name in HANDLES and first is not None:
            return self._of(first, at).but("handle")
        if name == "os.path.dirname" and first is not None:
            return parent(self._of(first, at))
        if name in {"os.getcwd", "pathlib.Path.cwd"}:
            return Text(".", "join")
        if name == "pathlib.Path.home":
            return Text("~", "join")
        if name in RUNTIME:
            return Text(HOLE, "runtime")
        if name in {"os.environ.get", "os.getenv"} or name in DEFAULT_MAKERS:
            default = argument(node, 1 if name.startswith("os.") else 0, "default")
            return self._of(default, at).but("default") if default is not None else UNKNOWN
        if isinstance(node.func, ast.Attribute):
            return self._method(node, node.func, at)
        return UNKNOWN

    def _method(self, node: ast.Call, function: ast.Attribute, at: _Place) -> Text:
        inner = self._of(function.value, at)
        if inner == UNKNOWN:
            return UNKNOWN
        if function.attr == "format":
            return self._format(inner, node, at)
        if function.attr in {"joinpath", "glob", "rglob"}:
            return joined([inner, *(self._of(item, at) for item in node.args)])
        if function.attr == "iterdir":
            return joined([inner, UNKNOWN])
        if function.attr == "open":
            return inner.but("handle")
        return inner if function.attr in SAME_METHODS else UNKNOWN

    def _name(self, node: ast.Name, at: _Place) -> Text:
        if (known := _CONSTANTS.get(node.id)) is not None:
            return Text(known, "join")
        for scope in outwards(at.scope):
            if found := self._in_scope(scope, node.id, at):
                return found
        return self._imported(node, node.id)

    def _in_scope(self, scope: str, name: str, at: _Place) -> Text | None:
        here = scope == at.scope
        known = self.bindings
        if binding := known.last(scope, name, at.cell, at.line) if here else known.final(scope, name):
            return self._bound(binding, scope, name)
        parameter = known.parameter(scope, name)
        if parameter is None:
            return None
        default = parameter.default
        if default is None and parameter.function.node.decorator_list:
            default = known.options.get(name)
        found = UNKNOWN if default is None else self._of(default, _Place("", at.cell, at.line)).but("default")
        return found if found.told else Text(f"{ASK_OPENS}{scope}:{name}{ASK_CLOSES}", "argument")

    def _bound(self, binding: Binding, scope: str, name: str) -> Text:
        found = self._of(binding.value, _Place(scope, binding.cell, binding.line))
        if binding.how == "for" and not isinstance(binding.value, ast.Call):
            # the texts of a list in a file of settings are kept under the key of the list
            return found if asked(found.text) and not found.told else UNKNOWN
        if binding.how == "augment":
            before = self.bindings.last(scope, name, binding.cell, binding.line)
            first = self._bound(before, scope, name) if before and before != binding else UNKNOWN
            return concatenated([first, found])
        return found.but("const")

    def _imported(self, node: ast.expr, root: str) -> Text:
        """A constant of another module, by its name there."""
        name = self._source.name(node) if root in self._source.aliases else None
        if name is None or not name.replace(".", "").isidentifier():
            return UNKNOWN
        return Text(f"{NAME_OPENS}{name}{NAME_CLOSES}", "const")

    # debtscan: ignore[complex-hotspot] a branch a form found in the wild; to be cut into steps with names
    def _attribute(self, node: ast.Attribute, at: _Place) -> Text:
        name = self._source.name(node) or ""
        if name in _CONSTANTS:
            return Text(_CONSTANTS[name], "join")
        if node.attr == "parent":
            return parent(self._of(node.value, at))
        if isinstance(node.value, ast.Name) and (found := self._member(node.value.id, node.attr, at)):
            return found
        if node.attr == "name" and (inner := self._of(node.value, at)).how == "runtime":
            return inner
        options = self.bindings.options
        if node.attr in options and OPTION_HOLDERS.search(name.rpartition(".")[0]):
            default = options[node.attr]
            found = UNKNOWN if default is None else self._of(default, _Place("", at.cell, at.line)).but("default")
            return found if found.told else Text(HOLE, "runtime")
        root = node.value
        while isinstance(root, ast.Attribute):
            root = root.value
        found = self._imported(node, root.id) if isinstance(root, ast.Name) else UNKNOWN
        return found if found.told else of_parameter(name, at.scope, self.bindings) or setting(name)

    def _member(self, owner: str, attribute: str, at: _Place) -> Text | None:
        """An attribute of `self`, of a class in this file, or of a name that holds an instance of one."""
        class_ = self._class_of(owner, at)
        for name, scope in ((f"self.{attribute}", f"{class_}.__init__"), (attribute, class_)):
            if class_ and (binding := self.bindings.final(class_, name)):
                return self._bound(binding, scope, name)
        return None

    def _class_of(self, owner: str, at: _Place) -> str:
        if owner == "self":
            return at.scope.rpartition(".")[0]
        if owner in self.bindings.classes:
            return owner
        binding = self.bindings.last(at.scope, owner, at.cell, at.line) or self.bindings.final("", owner)
        made = binding.value.func if binding and isinstance(binding.value, ast.Call) else None
        return made.id if isinstance(made, ast.Name) and made.id in self.bindings.classes else ""

    def _subscript(self, node: ast.Subscript, at: _Place) -> Text:
        if isinstance(node.value, ast.Attribute) and node.value.attr == "parents":
            found = self._of(node.value.value, at)
            ups = node.slice.value if isinstance(node.slice, ast.Constant) else None
            for _ in range(min(ups, 20) + 1 if isinstance(ups, int) else 0):
                found = parent(found)
            return found if isinstance(ups, int) else UNKNOWN
        if self._source.name(node.value) in {"os.environ", "sys.argv"}:
            return Text(HOLE, "runtime")
        value, place = self._item(node, at)
        return setting(keys(node)) if value is None else self._of(value, place)

    def _item(self, node: ast.Subscript, at: _Place) -> tuple[ast.expr | None, _Place]:
        """The expression that an item of a dictionary or list stands for, and where it was written."""
        owner: ast.expr | None = node.value
        if isinstance(owner, ast.Subscript):
            owner, at = self._item(owner, at)
        elif isinstance(owner, ast.Name):
            for scope in outwards(at.scope):
                if binding := self.bindings.final(scope, owner.id):
                    owner, at = binding.value, _Place(scope, binding.cell, binding.line)
                    break
        key = node.slice.value if isinstance(node.slice, ast.Constant) else None
        if isinstance(owner, ast.Dict) and isinstance(key, str):
            return self._entries(owner).get(key), at
        if (
            isinstance(owner, (ast.List, ast.Tuple))
            and isinstance(key, int)
            and -len(owner.elts) <= key < len(owner.elts)
        ):
            return owner.elts[key], at
        return None, at

    def _entries(self, node: ast.Dict) -> Mapping[str, ast.expr]:
        """The values of a dictionary by those of its keys that are texts; a table of thousands is read once."""
        if id(node) not in self._tables:
            self._tables[id(node)] = {
                key.value: value
                for key, value in zip(node.keys, node.values, strict=True)
                if isinstance(key, ast.Constant) and isinstance(key.value, str)
            }
        return self._tables[id(node)]


def _unknown(found: Text) -> How:
    return "runtime" if found.how == "runtime" else "unknown"


def argument(node: ast.Call, position: int | None, keyword: str) -> ast.expr | None:
    """What a call passes at a position or by a keyword; None for neither, and behind `*` or `**`."""
    for given in node.keywords:
        if given.arg == keyword:
            return given.value
    if position is None or position >= len(node.args):
        return None
    return None if any(isinstance(item, ast.Starred) for item in node.args[: position + 1]) else node.args[position]


def entry(node: ast.Dict, key: str) -> ast.expr | None:
    """The value written for a key, the last one where it is written twice."""
    found = None
    for name, value in zip(node.keys, node.values, strict=True):
        if isinstance(name, ast.Constant) and name.value == key:
            found = value
    return found
