"""What the cells of a notebook bind and use, in the order in which a run would meet it.

Function bodies run later than they stand, so the names they use are kept apart. Where a flow is not known (branches,
loops, handlers) a name counts as bound: what is called unbound afterwards is unbound on every way.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, TypeAlias

Act: TypeAlias = Literal["use", "bind", "delete", "open"]
"""`open`: from here on names may come from anywhere (`from x import *`, `exec`, `globals()`)."""

_FUNCTIONS = frozenset({ast.FunctionDef, ast.AsyncFunctionDef})
_COMPREHENSIONS = frozenset({ast.ListComp, ast.SetComp, ast.DictComp})
_LOOPS = frozenset({ast.For, ast.AsyncFor, ast.While})
_OPENING_CALLS = frozenset({"exec", "execfile", "globals", "locals", "vars", "init_session", "interactive_shell"})
_SHELL = frozenset({"run_cell", "run_cell_magic", "run_line_magic", "magic", "ex", "push", "run_code", "user_ns"})
"""Attributes of `get_ipython()` through which names are made."""
_HARMLESS_MAGIC = re.compile(r"%?(?!run\b|pylab\b|load\b|loadpy\b|store\b|macro\b|rerun\b|recall\b)\w+")
_TYPE_PARAMETERS = frozenset({"TypeVar", "ParamSpec", "TypeVarTuple"})
"""Nodes that Python 3.12 brought, by name."""
_CATCHES_NAMES = frozenset({"NameError", "Exception", "BaseException", "UnboundLocalError"})


class Event(NamedTuple):
    act: Act
    name: str
    line: int


class CellNames(NamedTuple):
    """The events of one cell in order, and what its functions use that is not their own, with the first line."""

    events: list[Event]
    later: dict[str, int]


def names_in(body: Sequence[ast.stmt]) -> CellNames:
    """The names of one parsed cell. Raises RecursionError for what is nested too deeply."""
    module = _Module()
    _Visit(module).statements(body)
    return CellNames(module.events, module.later)


class _Module:
    """The names of the cell itself."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.later: dict[str, int] = {}
        self._told: set[tuple[Act, str]] = set()

    def note(self, act: Act, name: str, line: int) -> None:
        """Keep an event that says something new: a name that was bound or used here is there until it is deleted."""
        known = {("bind", name)} if act == "bind" else {("bind", name), ("use", name)}
        if act == "delete":
            self._told -= {("bind", name), ("use", name)}
        elif act != "open" and known & self._told:
            return
        self._told.add((act, name))
        self.events.append(Event(act, name, line))

    def use(self, name: str, line: int) -> None:
        self.note("use", name, line)

    def bind(self, name: str, line: int) -> None:
        self.note("bind", name, line)

    def use_later(self, name: str, line: int) -> None:
        self.later.setdefault(name, line)


class _Inner:
    """A function, class or comprehension: what it binds is its own, what else it uses comes from outside."""

    def __init__(self, outer: _Scope, kind: Literal["function", "class", "comprehension"]) -> None:
        self.outer = outer
        self.kind = kind
        self.bound: set[str] = set()
        self.shared: set[str] = set()
        """Declared global or nonlocal."""
        self.used: dict[str, int] = {}
        self.later: dict[str, int] = {}

    def use(self, name: str, line: int) -> None:
        if self.kind != "class":
            self.used.setdefault(name, line)
        elif name not in self.bound:
            self.outer.use(name, line)

    def bind(self, name: str, line: int) -> None:
        if name in self.shared:
            _module_of(self).bind(name, line)
        else:
            self.bound.add(name)

    def use_later(self, name: str, line: int) -> None:
        self.later.setdefault(name, line)

    def close(self) -> None:
        """Hand what it uses and does not bind to the scope outside; a class shares its names with no function."""
        own = set() if self.kind == "class" else self.bound - self.shared
        for name, line in self.later.items():
            if name not in own:
                self.outer.use_later(name, line)
        for name, line in self.used.items():
            if name in own:
                continue
            if self.kind == "function":
                self.outer.use_later(name, line)
            else:
                self.outer.use(name, line)


_Scope: TypeAlias = _Module | _Inner


def _module_of(scope: _Scope) -> _Module:
    while isinstance(scope, _Inner):
        scope = scope.outer
    return scope


class _Visit:
    """One pass over the statements of a cell, in the order of evaluation."""

    def __init__(self, module: _Module) -> None:
        self._module = module
        self._scope: _Scope = module
        self._depth = 0
        self._in_loop = False
        self._quiet = 0

    def statements(self, body: Iterable[ast.AST]) -> None:
        for stmt in body:
            self._statement(stmt)

    def _nested(self, body: Iterable[ast.AST]) -> None:
        self._depth += 1
        self.statements(body)
        self._depth -= 1

    def _statement(self, stmt: ast.AST) -> None:
        kind = stmt.__class__
        if kind in _FUNCTIONS:
            self._function(stmt)  # type: ignore[arg-type]
        elif kind in _LOOPS:
            self._loop(stmt)  # type: ignore[arg-type]
        elif isinstance(stmt, ast.ClassDef):
            self._class(stmt)
        elif isinstance(stmt, (ast.Import, ast.ImportFrom)):
            self._import(stmt)
        elif isinstance(stmt, ast.Assign):
            self._expressions([stmt.value, *stmt.targets])
        elif isinstance(stmt, ast.AnnAssign):
            self._annotated(stmt)
        elif isinstance(stmt, ast.AugAssign):
            if isinstance(stmt.target, ast.Name):
                self._use(stmt.target.id, stmt.lineno)
            self._expressions([stmt.value, stmt.target])
        elif isinstance(stmt, (ast.Global, ast.Nonlocal)):
            if isinstance(self._scope, _Inner):
                self._scope.shared.update(stmt.names)
        elif isinstance(stmt, ast.Delete):
            self._delete(stmt)
        elif isinstance(stmt, (ast.Try, ast.TryStar)):
            self._try(stmt)
        elif isinstance(stmt, ast.If):
            self._if(stmt)
        elif isinstance(stmt, (ast.With, ast.AsyncWith)):
            for item in stmt.items:
                self._expressions([item.context_expr, item.optional_vars])
            self._nested(stmt.body)
        elif isinstance(stmt, ast.Match):
            self._expressions([stmt.subject])
            for case in stmt.cases:
                self._expressions([case.pattern, case.guard])
                self._nested(case.body)
        else:
            self._expressions(ast.iter_child_nodes(stmt))

    def _use(self, name: str, line: int) -> None:
        if not self._quiet:
            self._scope.use(name, line)

    def _open(self, line: int) -> None:
        self._module.note("open", "", line)

    def _function(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> None:
        self._expressions([*node.decorator_list, *getattr(node, "type_params", ())])
        self._inside(node.args, node.body, node.returns)
        self._scope.bind(node.name, node.lineno)

    def _inside(self, arguments: ast.arguments, body: Sequence[ast.AST], returns: ast.expr | None = None) -> None:
        self._expressions([*arguments.defaults, *arguments.kw_defaults])
        inner = _Inner(self._scope, "function")
        given = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
        parameters = [argument for argument in given if argument is not None]
        # annotations may never be evaluated, so they only have to be there in the end
        annotations = _Inner(self._scope, "function")
        self._within(annotations, [*(argument.annotation for argument in parameters), returns])
        inner.bound.update(argument.arg for argument in parameters)
        self._within(inner, body)

    def _within(self, inner: _Inner, body: Iterable[ast.AST | None]) -> None:
        before = (self._scope, self._depth, self._in_loop)
        self._scope, self._depth, self._in_loop = inner, 1, True
        for node in body:
            if isinstance(node, ast.stmt):
                self._statement(node)
            else:
                self._expressions([node])
        self._scope, self._depth, self._in_loop = before
        inner.close()

    def _class(self, node: ast.ClassDef) -> None:
        self._expressions([*node.decorator_list, *getattr(node, "type_params", ()), *node.bases])
        self._expressions(keyword.value for keyword in node.keywords)
        self._within(_Inner(self._scope, "class"), node.body)
        self._scope.bind(node.name, node.lineno)

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While) -> None:
        self._expressions([node.test] if isinstance(node, ast.While) else [node.iter, node.target])
        outermost = not self._in_loop
        if outermost:
            # what a later turn finds, an earlier one bound
            for name, line in _bound_somewhere(node.body):
                self._scope.bind(name, line)
        self._in_loop = True
        self._nested(node.body)
        self._in_loop = not outermost
        self._nested(node.orelse)

    def _import(self, node: ast.Import | ast.ImportFrom) -> None:
        for alias in node.names:
            if alias.name in {"*", "__main__"}:
                self._open(node.lineno)
            elif alias.asname or isinstance(node, ast.ImportFrom):
                self._scope.bind(alias.asname or alias.name, node.lineno)
            else:
                self._scope.bind(alias.name.partition(".")[0], node.lineno)

    def _annotated(self, node: ast.AnnAssign) -> None:
        self._expressions([node.annotation, node.value])
        if node.value is not None or not isinstance(node.target, ast.Name):
            self._expressions([node.target])

    def _delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if not isinstance(target, ast.Name):
                self._expressions([target])
            elif self._scope is self._module and self._depth == 0:
                self._use(target.id, node.lineno)
                self._module.note("delete", target.id, node.lineno)

    def _try(self, node: ast.Try | ast.TryStar) -> None:
        forgiving = any(
            item.type is None
            or _CATCHES_NAMES & {part.id for part in ast.walk(item.type) if isinstance(part, ast.Name)}
            for item in node.handlers
        )
        self._quiet += forgiving
        self._nested(node.body)
        self._quiet -= forgiving
        for handler in node.handlers:
            self._expressions([handler.type])
            if handler.name:
                self._scope.bind(handler.name, handler.lineno)
            # a handler runs after a part of the body
            self._quiet += 1
            self._nested(handler.body)
            self._quiet -= 1
        self._nested([*node.orelse, *node.finalbody])

    def _if(self, node: ast.If) -> None:
        self._expressions([node.test])
        never = isinstance(node.test, ast.Constant) and not node.test.value
        self._quiet += never
        self._nested(node.body)
        self._quiet -= never
        self._nested(node.orelse)

    def _expressions(self, nodes: Iterable[ast.AST | None]) -> None:
        for node in nodes:
            if node is not None:
                self._expression(node)

    def _expression(self, node: ast.AST) -> None:
        kind = node.__class__
        if kind is ast.Name:
            if isinstance(node.ctx, ast.Store):  # type: ignore[attr-defined]
                self._scope.bind(node.id, node.lineno)  # type: ignore[attr-defined]
            else:
                self._use(node.id, node.lineno)  # type: ignore[attr-defined]
        elif kind is ast.Constant:
            return
        elif isinstance(node, ast.Lambda):
            self._inside(node.args, [node.body])
        elif kind in _COMPREHENSIONS or kind is ast.GeneratorExp:
            self._comprehension(node)
        elif isinstance(node, ast.NamedExpr):
            self._expression(node.value)
            self._walrus(node.target)
        elif isinstance(node, (ast.MatchAs, ast.MatchStar, ast.MatchMapping)):
            self._expressions(ast.iter_child_nodes(node))
            name = node.rest if isinstance(node, ast.MatchMapping) else node.name
            if name:
                self._scope.bind(name, node.lineno)
        elif kind.__name__ in _TYPE_PARAMETERS:
            self._scope.bind(node.name, node.lineno)  # type: ignore[attr-defined]
        else:
            if isinstance(node, ast.Call):
                self._call(node)
            elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                self._attribute(node)
            self._expressions(ast.iter_child_nodes(node))

    def _comprehension(self, node: ast.AST) -> None:
        first, *others = node.generators  # type: ignore[attr-defined]
        self._expression(first.iter)
        parts: list[ast.AST] = [first.target, *first.ifs]
        for other in others:
            parts += [other.iter, other.target, *other.ifs]
        results = [node.key, node.value] if isinstance(node, ast.DictComp) else [node.elt]  # type: ignore[attr-defined]
        # a generator may be asked for its values much later
        kind: Literal["function", "comprehension"] = (
            "function" if isinstance(node, ast.GeneratorExp) else "comprehension"
        )
        self._within(_Inner(self._scope, kind), [*parts, *results])

    def _walrus(self, target: ast.Name) -> None:
        scope = self._scope
        while isinstance(scope, _Inner) and scope.kind == "comprehension":
            scope = scope.outer
        scope.bind(target.id, target.lineno)
        self._scope.bind(target.id, target.lineno)

    def _call(self, node: ast.Call) -> None:
        function = node.func
        name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
        literal = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
        if (name in _OPENING_CALLS and not (name == "vars" and node.args)) or (
            name in _SHELL and not (isinstance(literal, str) and _HARMLESS_MAGIC.match(literal))
        ):
            self._open(node.lineno)
        elif name == "var" and isinstance(literal, str):
            # of SymPy: makes the symbols it names
            for symbol in re.findall(r"\w+", literal):
                self._module.bind(symbol, node.lineno)

    def _attribute(self, node: ast.Attribute) -> None:
        if isinstance(node.value, ast.Name) and node.value.id in {"builtins", "__builtin__", "__builtins__"}:
            self._module.bind(node.attr, node.lineno)


def _bound_somewhere(body: Iterable[ast.AST]) -> Iterable[tuple[str, int]]:
    """Whatever is bound below these statements, in whichever scope."""
    for stmt in body:
        for node in ast.walk(stmt):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id, node.lineno
            elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
                yield node.name, node.lineno
            elif isinstance(node, (ast.Import, ast.ImportFrom)):
                yield from ((alias.asname or alias.name.partition(".")[0], node.lineno) for alias in node.names)
