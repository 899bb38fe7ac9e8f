"""`setup.py`, read and never run: the lists given to `setup()` as far as they can be told from the text.

Followed are literals, module-level names (with `+`, `+=`, `append`, `extend`), dictionaries by key, and the two habits
of this field: a table of requirements from which lists are picked by name, and a requirements file opened and read.
What is computed in another way becomes a gap.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from debtscan.manifests.records import Manifest, Reference, Requirement, Scope, Unread
from debtscan.manifests.requirement import canonical, read_requirement, scope_of_group
from debtscan.source.python import PythonSource

_PACKAGERS = frozenset({"setuptools", "distutils", "skbuild", "numpy"})
_LISTS: tuple[tuple[str, Scope, bool], ...] = (
    ("install_requires", "runtime", True),
    ("extras_require", "runtime", True),
    ("setup_requires", "build", False),
    ("tests_require", "test", False),
)
_REQUIREMENTS_FILE = re.compile(r"[\w./-]*require[\w./-]*\.(?:txt|in|pip)", re.IGNORECASE)
_WRAPPERS = frozenset({"list", "tuple", "set", "sorted", "frozenset"})
_MAX_DEPTH = 20


class Written(NamedTuple):
    """A string with its place: a requirement, or (`file`) the name of a file that holds them."""

    text: str
    line: int
    file: bool = False


def setup_call(source: PythonSource) -> ast.Call | None:
    """The call of `setup()`, if the file imports a packager at all."""
    if not any("setup" in cell.code for cell in source.cells):
        return None
    if not any(_top(item.node) & _PACKAGERS for item in source.walk.imports):
        return None
    for item in source.walk.calls:
        if source.last_name(item.node) != "setup":
            continue
        name = source.name(item.node.func) or ""
        if name == "setup" or (name.endswith(".setup") and name.split(".")[0] in _PACKAGERS):
            return item.node
    return None


def keywords(call: ast.Call, source: PythonSource) -> dict[str, ast.expr]:
    """The arguments of `setup()`, those of a dictionary passed as `**name` too."""
    found = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    for keyword in call.keywords:
        if keyword.arg is None:
            found |= {key: value for key, value in _Names(source).entries(keyword.value) if key not in found}
    return found


def texts_of(value: ast.expr, source: PythonSource) -> list[tuple[str, int]]:
    """The texts that an argument stands for, with their lines; none where it is computed."""
    try:
        return [(item.text, item.line) for item in _Names(source).strings(value) if not item.file]
    except LookupError:
        return []


def parse(source: PythonSource) -> Manifest | None:
    """The lists of a file that calls `setup()`; None for any other."""
    call = setup_call(source)
    if call is None:
        return None
    given, names = keywords(call, source), _Names(source)
    requirements: dict[tuple[int, str], Requirement] = {}
    references: list[Reference] = []
    unread: list[Unread] = []
    for keyword, scope, published in _LISTS:
        if keyword not in given:
            continue
        for group, value in _groups(keyword, given[keyword], names, unread):
            section = f"{keyword}.{group}" if group else keyword
            group_scope = scope_of_group(group) if group else scope
            try:
                written = list(names.strings(value))
            except LookupError:
                unread.append(Unread(f"{section} is computed and was not followed", value.lineno))
                continue
            _collect(written, section, group_scope, published, requirements, references, unread)
    return Manifest(
        tuple(sorted(requirements.values(), key=lambda item: (item.line or 0, item.name))),
        tuple(dict.fromkeys(references)),
        packaging=True,
        unread=tuple(unread),
    )


def _top(node: ast.Import | ast.ImportFrom) -> set[str]:
    names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or ""]
    return {name.split(".")[0] for name in names}


def _groups(keyword: str, value: ast.expr, names: _Names, unread: list[Unread]) -> Iterator[tuple[str, ast.expr]]:
    if keyword != "extras_require":
        yield "", value
        return
    entries = list(names.entries(value))
    empty = isinstance(value, ast.Dict) and not value.keys
    if not entries and not empty:
        unread.append(Unread(f"{keyword} is computed and was not followed", value.lineno))
    yield from entries


def _collect(
    written: list[Written],
    section: str,
    scope: Scope,
    published: bool,
    requirements: dict[tuple[int, str], Requirement],
    references: list[Reference],
    unread: list[Unread],
) -> None:
    for item in written:
        if item.file:
            references.append(Reference("metadata", item.text, item.line))
            continue
        try:
            requirement = read_requirement(item.text, section, item.line, scope=scope, published=published)
        except ValueError as error:
            unread.append(Unread(str(error), item.line))
            continue
        # a string used by several lists is written once; the first list, the most demanding, keeps it
        requirements.setdefault((item.line, requirement.name), requirement)


class _Names:
    """Module-level names of one file and what they stand for."""

    def __init__(self, source: PythonSource) -> None:
        self._source = source
        self._values: dict[str, list[ast.expr]] = {}
        self._entries: dict[str, list[tuple[str, ast.expr]]] = {}
        self._functions = {item.node.name: item.node for item in source.walk.functions}
        for item in source.walk.assignments:
            self._assign(item.node)
        for call in source.walk.calls:
            self._extend(call.node)

    def _assign(self, node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> None:
        if node.value is None:
            return
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name):
                # branches of an `if` are alternatives and all are kept; so is what `+=` adds
                self._values.setdefault(target.id, []).append(node.value)
            elif (
                isinstance(target, ast.Subscript)
                and isinstance(target.value, ast.Name)
                and isinstance(key := target.slice, ast.Constant)
            ):
                self._entries.setdefault(target.value.id, []).append((str(key.value), node.value))

    def _extend(self, call: ast.Call) -> None:
        function = call.func
        if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and call.args:
            if function.attr in {"append", "extend"}:
                self._values.setdefault(function.value.id, []).append(call.args[0])
            elif function.attr == "update":
                self._entries.setdefault(function.value.id, []).extend(self.entries(call.args[0]))

    def entries(self, node: ast.expr, depth: int = 0) -> Iterator[tuple[str, ast.expr]]:
        """Keys and values of a dictionary: a literal, `dict(a=...)`, a name filled later by subscripts."""
        if depth > _MAX_DEPTH:
            return
        if isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant):
                    yield str(key.value), value
                elif key is None:
                    yield from self.entries(value, depth + 1)
        elif isinstance(node, ast.Call):
            yield from ((keyword.arg, keyword.value) for keyword in node.keywords if keyword.arg)
        elif isinstance(node, ast.Name):
            for value in self._values.get(node.id, ()):
                yield from self.entries(value, depth + 1)
            yield from self._entries.get(node.id, ())

    def strings(self, node: ast.expr, depth: int = 0) -> Iterator[Written]:
        """The strings a list stands for. Raises LookupError when it cannot be told."""
        if depth > _MAX_DEPTH:
            raise LookupError
        if isinstance(node, ast.Constant):
            yield from self._constant(node)
        elif isinstance(node, (ast.List, ast.Tuple, ast.Set)):
            for element in node.elts:
                yield from self.strings(element.value if isinstance(element, ast.Starred) else element, depth + 1)
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            yield from self.strings(node.left, depth + 1)
            yield from self.strings(node.right, depth + 1)
        elif isinstance(node, ast.IfExp):
            yield from self.strings(node.body, depth + 1)
            yield from self.strings(node.orelse, depth + 1)
        elif (followed := self._followed(node)) is not None:
            for value in followed:
                yield from self.strings(value, depth + 1)
        else:
            yield from self._picked_or_read(node)

    def _constant(self, node: ast.Constant) -> Iterator[Written]:
        if isinstance(node.value, str):
            for offset, line in enumerate(node.value.splitlines()):
                if line.strip() and not line.lstrip().startswith("#"):
                    yield Written(line.strip(), node.lineno + offset)

    def _followed(self, node: ast.expr) -> list[ast.expr] | None:
        """Expressions that this one stands for; None when it is no plain name, key or wrapping call."""
        if isinstance(node, ast.Name):
            values = self._values.get(node.id)
            return None if values is None or any(_reads_file(value) for value in values) else values
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _WRAPPERS:
            return node.args[:1]
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            found = [value for key, value in self.entries(node.value) if key == node.slice.value]
            return found[-1:] or None
        return None

    def _picked_or_read(self, node: ast.expr) -> Iterator[Written]:
        """Requirements picked by name from a table, or a requirements file that is opened somewhere."""
        picked = [child.value for child in ast.walk(node) if isinstance(child, ast.Constant)]
        table = {canonical(re.split(r"[\s\[<>=!~;@]", item.text)[0]): item for item in self._table()}
        found = [table.get(canonical(re.split(r"[\[<>=!~]", str(name))[0])) for name in picked]
        if picked and all(found):
            yield from (item for item in found if item)
            return
        if self._sums_up_others(node):
            return
        files = list(self._files(node))
        if not files:
            raise LookupError
        yield from files

    def _sums_up_others(self, node: ast.expr) -> bool:
        """Whether an extra is made of the others, as in `extras["all"] = sum(extras.values(), [])`."""
        used = {child.id for child in ast.walk(node) if isinstance(child, ast.Name)}
        return any(isinstance(value, ast.Dict) for name in used for value in self._values.get(name, ()))

    def _table(self) -> Iterator[Written]:
        """Every module-level list of plain strings, as in `_deps = ["torch>=2", ...]`."""
        for values in self._values.values():
            for value in values:
                if isinstance(value, ast.List) and all(isinstance(item, ast.Constant) for item in value.elts):
                    yield from self.strings(value)

    def _files(self, node: ast.expr) -> Iterator[Written]:
        """Requirements files named in the expression, else in the function or name it uses, else anywhere."""
        near: list[ast.AST] = [node]
        for child in ast.walk(node):
            if isinstance(child, ast.Name):
                near += self._values.get(child.id, [])
                near += [self._functions[child.id]] if child.id in self._functions else []
        places = [constant for tree in near for constant in _file_names(tree)]
        if not places:
            places = [name for call in self._source.walk.calls for name in _file_names(call.node)]
        seen = dict.fromkeys((item.text, item.line) for item in places)
        yield from (Written(text, line, file=True) for text, line in seen)


def _file_names(tree: ast.AST) -> Iterator[Written]:
    for child in ast.walk(tree):
        if (
            isinstance(child, ast.Constant)
            and isinstance(child.value, str)
            and _REQUIREMENTS_FILE.fullmatch(child.value)
        ):
            yield Written(child.value, child.lineno, file=True)


def _reads_file(tree: ast.AST) -> bool:
    """Whether an expression takes its value from somewhere else: a call that is no list, a comprehension."""
    return any(
        isinstance(child, (ast.ListComp, ast.GeneratorExp, ast.DictComp))
        or (isinstance(child, ast.Call) and not (isinstance(child.func, ast.Name) and child.func.id in _WRAPPERS))
        for child in ast.walk(tree)
    )
