"""One walk of a syntax tree: the flat lists every Python scanner reads.

A tree is visited once, statement by statement, with an explicit stack: imports, calls, assignments, functions with
their cyclomatic complexity (radon's definition), classes, and one hash per statement for finding copies. Nothing of
the tree is linked to its parent and no list outlives the file, so the worker can run with the collector off.

A statement's hash blinds local names and constants and keeps what is called: two statements hash alike when they have
the same shape and use the same APIs. Nested bodies are not part of it, and a `def` hashes without its body.
"""

from __future__ import annotations

import ast
from array import array
from collections.abc import Sequence
from hashlib import blake2b
from typing import NamedTuple

_UNHASHED = frozenset(
    {ast.Load, ast.Store, ast.Del, ast.Constant, ast.Name, ast.Pass, ast.Break, ast.Continue, ast.Global, ast.Nonlocal}
    | {kind for base in (ast.boolop, ast.operator, ast.cmpop, ast.unaryop) for kind in base.__subclasses__()}
)
"""Nodes without children that say nothing about an API; counted for size, never visited."""

_CODE: dict[type, str] = {
    kind: chr(0x100 + number)
    for number, kind in enumerate(
        sorted(
            (kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.AST)),
            key=lambda kind: kind.__name__,
        )
    )
}
_VISITED = frozenset(_CODE) - _UNHASHED
_HAS_BODY = frozenset(
    {ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.If, ast.For, ast.AsyncFor, ast.While, ast.With}
    | {ast.AsyncWith, ast.Try, ast.TryStar, ast.ExceptHandler, ast.Match, ast.match_case}
)
_DEFINITIONS = frozenset({ast.FunctionDef, ast.AsyncFunctionDef})
_ASSIGNS = frozenset({ast.Assign, ast.AnnAssign, ast.AugAssign})
_IMPORTS = frozenset({ast.Import, ast.ImportFrom})
_BINDS = frozenset({ast.With, ast.AsyncWith, ast.For, ast.AsyncFor})
_NESTED = ("body", "orelse", "finalbody", "handlers", "cases")
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError", "Exception", "BaseException"})
_ASKING = frozenset({"TYPE_CHECKING", "version_info"})


class _Hashes(dict[str, int]):
    """64-bit blake2b of a statement's signature, remembered because few signatures are new."""

    def __missing__(self, signature: str) -> int:
        digest = blake2b(signature.encode("utf-8", "surrogatepass"), digest_size=8).digest()
        value = self[signature] = int.from_bytes(digest, "little")
        return value


_HASHES = _Hashes()


class Scope:
    """A module, class or function body: its qualified name and, while walking, its complexity."""

    __slots__ = ("complexity", "name", "node")

    def __init__(self, name: str, node: ast.AST | None, complexity: int) -> None:
        self.name = name
        self.node = node
        self.complexity = complexity


class Import(NamedTuple):
    node: ast.Import | ast.ImportFrom
    cell: int | None
    scope: Scope
    guarded: bool
    """Inside `try ... except ImportError`, `if TYPE_CHECKING` or an availability check: may be missing."""


class Call(NamedTuple):
    node: ast.Call
    cell: int | None
    scope: Scope


class Assignment(NamedTuple):
    node: ast.Assign | ast.AnnAssign | ast.AugAssign
    cell: int | None
    scope: Scope


class Function(NamedTuple):
    node: ast.FunctionDef | ast.AsyncFunctionDef
    cell: int | None
    scope: Scope
    """Its own scope: `scope.name` is the qualified name, `scope.complexity` radon's complexity."""
    parent: Scope


class Class(NamedTuple):
    node: ast.ClassDef
    cell: int | None
    name: str


class Block(NamedTuple):
    """A statement that binds names to something in its head: `with ... as name`, `for name in ...`."""

    node: ast.With | ast.AsyncWith | ast.For | ast.AsyncFor
    cell: int | None
    scope: Scope


class Statements:
    """Parallel arrays, one item a statement in source order (docstrings and imports left out)."""

    __slots__ = ("cell", "definition", "depth", "end_line", "hash", "line", "size")

    def __init__(self) -> None:
        self.line = array("I")
        self.end_line = array("I")
        self.hash = array("Q")
        self.size = array("I")
        """Nodes of the syntax tree in it."""
        self.depth = array("I")
        self.definition = array("B")
        """1 for a `def`: no run of copied statements crosses one."""
        self.cell = array("i")
        """Index of the notebook cell, -1 in a script (an array has no None)."""

    def extend(self, rows: Sequence[tuple[int, int, int, int, int, bool]], cell: int | None) -> None:
        """Append the statements of one cell, each as line, end line, hash, size, depth, definition."""
        if rows:
            columns = (self.line, self.end_line, self.hash, self.size, self.depth, self.definition)
            for column, values in zip(columns, zip(*rows, strict=True), strict=True):
                column.extend(values)
            self.cell.extend([-1 if cell is None else cell] * len(rows))


class Walk:
    """What one file holds, in source order."""

    __slots__ = ("asserts", "assignments", "blocks", "calls", "classes", "functions", "imports", "module", "statements")

    def __init__(self) -> None:
        self.imports: list[Import] = []
        self.calls: list[Call] = []
        self.assignments: list[Assignment] = []
        self.asserts: list[Scope] = []
        """The scope of each assertion."""
        self.blocks: list[Block] = []
        self.functions: list[Function] = []
        self.classes: list[Class] = []
        self.statements = Statements()
        self.module = Scope("", None, 1)


class _Parts(NamedTuple):
    """How a statement with a body is taken apart."""

    expressions: list[ast.AST]
    counted: Scope
    """Whose complexity its expressions add to."""
    nested: Sequence[ast.AST]
    owner: Scope
    """Scope of the nested statements."""
    end_line: int
    extra: str = ""
    guarded: range = range(0)
    """Which of the nested statements may fail to import, or never run, without harm."""


def walk(body: Sequence[ast.stmt], cell: int | None, into: Walk) -> None:
    """Walk one parsed body (a script, or one cell of a notebook) and append to the lists of `into`."""
    todo: list[tuple[ast.AST, Scope, int, bool]] = [(stmt, into.module, 0, False) for stmt in reversed(body)]
    rows: list[tuple[int, int, int, int, int, bool]] = []
    calls, code, hashes = into.calls, _CODE, _HASHES
    while todo:
        stmt, scope, depth, guarded = todo.pop()
        kind = stmt.__class__
        if kind not in _HAS_BODY:
            if kind is ast.Expr and stmt.value.__class__ is ast.Constant:  # type: ignore[attr-defined]
                continue
            if kind in _IMPORTS:
                into.imports.append(Import(stmt, cell, scope, guarded))  # type: ignore[arg-type]
                continue
            counted = scope
            if kind in _ASSIGNS:
                into.assignments.append(Assignment(stmt, cell, scope))  # type: ignore[arg-type]
            elif kind is ast.Assert:
                # radon counts the assertion and does not look inside it
                scope.complexity += 1
                into.asserts.append(scope)
                counted = Scope(scope.name, scope.node, 0)
            signature: list[str] = []
            size = _expressions([stmt], signature, (counted, scope), cell, calls)
            rows.append((stmt.lineno, stmt.end_lineno, hashes["".join(signature)], size, depth, False))  # type: ignore[attr-defined]
            continue
        parts = _take_apart(stmt, scope, cell, into)
        signature = [code[kind], parts.extra]
        if parts.guarded and not guarded:
            inner = [(child, parts.owner, depth + 1, at in parts.guarded) for at, child in enumerate(parts.nested)]
            todo.extend(reversed(inner))
        else:
            todo.extend([(child, parts.owner, depth + 1, guarded) for child in reversed(parts.nested)])
        size = 1 + _expressions(parts.expressions, signature, (parts.counted, scope), cell, calls)
        rows.append((_line(stmt), parts.end_line, hashes["".join(signature)], size, depth, kind in _DEFINITIONS))
    into.statements.extend(rows, cell)


def _line(stmt: ast.AST) -> int:
    line: int = getattr(stmt, "lineno", None) or stmt.pattern.lineno  # type: ignore[attr-defined]
    return line


def _take_apart(stmt: ast.AST, scope: Scope, cell: int | None, into: Walk) -> _Parts:
    kind = stmt.__class__
    if kind is ast.FunctionDef or kind is ast.AsyncFunctionDef:
        return _function(stmt, scope, cell, into)  # type: ignore[arg-type]
    if kind is ast.ClassDef:
        return _class(stmt, scope, cell, into)  # type: ignore[arg-type]
    if kind in _BINDS:
        into.blocks.append(Block(stmt, cell, scope))  # type: ignore[arg-type]
    return _compound(stmt, scope)


def _function(stmt: ast.FunctionDef | ast.AsyncFunctionDef, scope: Scope, cell: int | None, into: Walk) -> _Parts:
    own = Scope(f"{scope.name}.{stmt.name}" if scope.name else stmt.name, stmt, 1)
    into.functions.append(Function(stmt, cell, own, scope))
    arguments = stmt.args
    expressions: list[ast.AST] = [*stmt.decorator_list, *arguments.defaults]
    expressions += [default for default in arguments.kw_defaults if default is not None]
    return _Parts(
        [node for node in expressions if node.__class__ not in _UNHASHED],
        # radon visits neither decorators nor defaults
        Scope(scope.name, scope.node, 0),
        nested=stmt.body,
        owner=own,
        end_line=max(stmt.lineno, stmt.body[0].lineno - 1),
        extra=str(len(arguments.args) + len(arguments.kwonlyargs)),
        guarded=_after_return(stmt.body) if _imports(stmt.body) else range(0),
    )


def _class(stmt: ast.ClassDef, scope: Scope, cell: int | None, into: Walk) -> _Parts:
    own = Scope(f"{scope.name}.{stmt.name}" if scope.name else stmt.name, stmt, 0)
    into.classes.append(Class(stmt, cell, own.name))
    expressions: list[ast.AST] = [*stmt.bases, *stmt.decorator_list]
    expressions = [node for node in expressions if node.__class__ not in _UNHASHED]
    return _Parts(expressions, Scope(scope.name, scope.node, 0), nested=stmt.body, owner=own, end_line=stmt.lineno)


def _compound(stmt: ast.AST, scope: Scope) -> _Parts:
    kind = stmt.__class__
    if kind is ast.If:
        scope.complexity += 1
    elif kind is ast.While or kind is ast.For or kind is ast.AsyncFor:
        scope.complexity += 1 + bool(stmt.orelse)  # type: ignore[attr-defined]
    elif kind is ast.Try:
        scope.complexity += len(stmt.handlers) + bool(stmt.orelse)  # type: ignore[attr-defined]
    elif kind is ast.Match:
        cases = stmt.cases  # type: ignore[attr-defined]
        catches_all = any(getattr(case.pattern, "pattern", False) is None for case in cases)
        scope.complexity += max(0, len(cases) - catches_all)
    nested: list[ast.AST] = []
    for field in _NESTED:
        nested += getattr(stmt, field, None) or ()
    guarded = _guarded(stmt, scope, len(nested)) if _imports(nested) else range(0)
    return _Parts(_children(stmt, skip=_NESTED), scope, nested, scope, end_line=_line(stmt), guarded=guarded)


def _imports(body: Sequence[ast.AST]) -> bool:
    """Whether a body imports something, by itself or in a `try`: few do, and only there guards are looked for."""
    return any(
        child.__class__ in _IMPORTS
        or (child.__class__ is ast.Try and any(inner.__class__ in _IMPORTS for inner in child.body))
        for child in body
    )


def _guarded(stmt: ast.AST, scope: Scope, nested: int) -> range:
    """Which of the statements inside a `try` or `if` are guarded."""
    if isinstance(stmt, ast.Try):
        caught = [item for item in stmt.handlers if item.type is None or _names(item.type) & _IMPORT_ERRORS]
        # at the top of a module an error that is raised again stops whoever imports it
        in_function = isinstance(scope.node, ast.FunctionDef | ast.AsyncFunctionDef)
        softly = any(in_function or not isinstance(item.body[-1], ast.Raise) for item in caught)
        return range(nested) if softly else range(0)
    if isinstance(stmt, ast.If) and _asks_for_module(stmt.test):
        body = nested if "version_info" in _names(stmt.test) else len(stmt.body)
        return range(body, nested) if _is_negated(stmt.test) else range(body)
    return range(0)


def _after_return(body: Sequence[ast.stmt]) -> range:
    """The statements of a function after `if not is_x_available(): return`."""
    for at, stmt in enumerate(body):
        if not isinstance(stmt, ast.If) or not isinstance(stmt.body[-1], ast.Return | ast.Raise):
            continue
        if _is_negated(stmt.test) and _asks_for_module(stmt.test):
            return range(at + 1, len(body))
    return range(0)


def _is_negated(test: ast.expr) -> bool:
    return isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not)


def _asks_for_module(test: ast.expr) -> bool:
    names = _names(test)
    return not names.isdisjoint(_ASKING) or any("available" in name.lower() or name == "find_spec" for name in names)


def _names(node: ast.AST) -> set[str]:
    found = {child.id for child in ast.walk(node) if isinstance(child, ast.Name)}
    return found | {child.attr for child in ast.walk(node) if isinstance(child, ast.Attribute)}


def _children(node: ast.AST, skip: Sequence[str] = ()) -> list[ast.AST]:
    children: list[ast.AST] = []
    for field, value in node.__dict__.items():
        if field in skip:
            continue
        kind = value.__class__
        if kind is list:
            children += [item for item in value if isinstance(item, ast.AST) and item.__class__ not in _UNHASHED]
        elif kind not in _UNHASHED and isinstance(value, ast.AST):
            children.append(value)
    return children


# debtscan: ignore[complex-hotspot] the hottest loop of a scan: a call for each node would cost more than the branches
def _expressions(  # noqa: PLR0915 - one loop, no calls
    roots: list[ast.AST], parts: list[str], scopes: tuple[Scope, Scope], cell: int | None, calls: list[Call]
) -> int:
    """Visit a statement's expressions: extend its signature, note its calls, count complexity; return their size.

    The hottest loop of a scan (some four million nodes at a million lines), hence one function without helpers.
    """
    counted, scope = scopes
    add, push, pop = parts.append, roots.append, roots.pop
    code, unhashed, visited = _CODE, _UNHASHED, _VISITED
    size = 0
    while roots:
        node = pop()
        kind = node.__class__
        add(code[kind])
        size += 1
        if kind is ast.Call:
            calls.append(Call(node, cell, scope))  # type: ignore[arg-type]
            callee = node.func  # type: ignore[attr-defined]
            if callee.__class__ is ast.Name:
                add(callee.id)
            elif callee.__class__ not in unhashed:
                push(callee)
            arguments = node.args  # type: ignore[attr-defined]
            size += len(arguments)
            for value in arguments:
                if value.__class__ not in unhashed:
                    push(value)
            for keyword in node.keywords:  # type: ignore[attr-defined]
                if keyword.arg:
                    add(keyword.arg)
                size += 2
                if keyword.value.__class__ not in unhashed:
                    push(keyword.value)
            continue
        if kind is ast.Attribute:
            add(node.attr)  # type: ignore[attr-defined]
            value = node.value  # type: ignore[attr-defined]
            size += 1
            while value.__class__ is ast.Attribute:
                add(value.attr)
                value = value.value
                size += 1
            if value.__class__ not in unhashed:
                push(value)
            continue
        if kind is ast.IfExp:
            counted.complexity += 1
        elif kind is ast.BoolOp:
            counted.complexity += len(node.values) - 1  # type: ignore[attr-defined]
        elif kind is ast.comprehension:
            counted.complexity += 1 + len(node.ifs)  # type: ignore[attr-defined]
        elif kind is ast.BinOp:
            add(code[node.op.__class__])  # type: ignore[attr-defined]
        for value in node.__dict__.values():
            kind = value.__class__
            if kind is int:  # a position, as most attributes are
                continue
            if kind is list:
                for item in value:
                    if item.__class__ in visited:
                        push(item)  # type: ignore[arg-type]
                    else:
                        size += 1
            elif kind in visited:
                push(value)
            elif kind in unhashed:
                size += 1
    return size
