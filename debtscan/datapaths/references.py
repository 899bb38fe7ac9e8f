"""What one Python file or notebook reads, writes and fetches, seen without its path.

Texts keep their marks (`debtscan.source.texts`): holes, the folder of the file itself, names of constants that other
modules hold. They become paths where the file's place is known.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cached_property
from itertools import islice

import msgspec
from msgspec import Struct

from debtscan.datapaths.addresses import table_of
from debtscan.datapaths.apis import Api, data_set_source, find, last_names
from debtscan.datapaths.calls import imported_in, options_in, passed_in, texts_of
from debtscan.datapaths.commands import commands_of
from debtscan.datapaths.documents import mentions_in
from debtscan.datapaths.fetches import Fetched, fetches_in
from debtscan.datapaths.found import Commands, Direction, FoundReference, Passed
from debtscan.datapaths.words import sorted_words, telling_parts
from debtscan.source.masking import mask
from debtscan.source.python import PythonSource
from debtscan.source.texts import HERE, HOLE, Text, asked
from debtscan.source.values import Values, argument
from debtscan.source.walk import Call

_LOCAL_BUILDERS = frozenset(
    {"csv", "json", "parquet", "text", "arrow", "pandas", "imagefolder", "audiofolder", "webdataset"}
)
"""Builders with which `datasets.load_dataset` reads files that are given to it."""
_COMMIT = re.compile(r"[0-9a-f]{40}")
_PROBES = frozenset({"exists", "isfile", "isdir", "is_file", "is_dir", "lexists", "access"})
_CONSTANT_NAME = re.compile(r"path|dir|file|root|folder|data|csv|url|uri|base|home", re.IGNORECASE)
_DATA_SET_MODULES = frozenset(
    {"torchvision", "torchaudio", "torchtext", "torch_geometric", "tensorflow", "keras", "skimage", "shap"}
    | {"lifelines", "vega_datasets", "statsmodels", "ogb", "plotly"}
)
_SCHEMES = {".use_artifact": "wandb:/"}
"""Calls that take a name in a store, with the scheme that tells which store."""
_QUOTED = re.compile(r"""["']([^"'\n]{1,300})["']""")
_MAX_EVIDENCE = 200
_MAX_CONSTANTS = 400
_MAX_PASSED = 300
_MAX_IMPORTED = 200


class FoundPaths(Struct, frozen=True, gc=False, array_like=True):
    references: list[FoundReference]
    constants: dict[str, str]
    """Texts of this module's own names (`DATA_DIR`, `Config.root`), for other modules that import them."""
    instances: dict[str, str]
    """Names that hold an instance of a class of this module (`config = Config()`)."""
    commands: Commands
    passed: list[Passed] = []
    """Calls of functions of other modules, with the paths they are given."""
    positions: dict[str, int] = {}
    """Of parameters that references ask for (`function:parameter`), their places among the positional ones."""
    options: dict[str, str] = {}
    """Command-line options that it defines, with their defaults."""
    imported: dict[str, str] = {}
    """Names that it imports from the repository, with what they stand for: a package hands them on."""
    unread: list[str] | None = None
    """Of a script that could not be parsed the words of its texts: what else it reads or writes nobody knows."""

    def constant(self, name: str) -> str | None:
        """What a dotted name of this module stands for, through the instance of a class where it names one."""
        owner, _, attribute = name.rpartition(".")
        return self.constants.get(name) or self.constants.get(f"{self.instances.get(owner)}.{attribute}")


NOTHING = FoundPaths([], {}, {}, Commands())


def references_in(source: PythonSource) -> FoundPaths:
    values = Values(source)
    probes = _Probes(source)
    found: list[FoundReference] = []
    names = last_names()
    data_set_modules = _imports_data_sets(source)
    for last, call in source.named_calls:
        if last in names or (data_set_modules and (last[:1].isupper() or last == "load_data")):
            name = (source.name(call.node.func) or f"?.{last}").removeprefix("six.moves.")
            found += _references(call, name, source, values, probes)
    fetched = fetches_in(source, values)
    commands = _with_cells(source, fetched)
    references = list(dict.fromkeys([*found, *fetched.references, *commands.references]))
    passed = list(islice(passed_in(source, values), _MAX_PASSED))
    texts = [item.text for item in references] + [text for item in passed for text in texts_of(item)]
    return FoundPaths(
        references,
        dict(islice(_constants(values), _MAX_CONSTANTS)),
        dict(islice(_instances(values), _MAX_CONSTANTS)),
        msgspec.structs.replace(commands, references=[]),
        passed,
        dict(_positions(texts, values)),
        dict(islice(options_in(values), _MAX_CONSTANTS)),
        dict(islice(imported_in(source), _MAX_IMPORTED)),
        unread=_words_of_unread(source) if source.problems and source.notebook is None else None,
    )


class _Probes:
    """What a file asks to be there: the expressions in `os.path.exists(path)` and `path.is_file()`, by scope."""

    def __init__(self, source: PythonSource) -> None:
        self._source = source

    def has(self, node: ast.expr, call: Call) -> bool:
        """Whether the same expression is asked about in the same scope, or anywhere where it is a constant."""
        written = ast.dump(node)
        everywhere = isinstance(node, ast.Name) and node.id.isupper()
        return (written, None if everywhere else call.scope.name) in self._asked

    @cached_property
    def _asked(self) -> frozenset[tuple[str, str | None]]:
        asked: set[tuple[str, str | None]] = set()
        for call in self._source.walk.calls:
            function = call.node.func
            if not (isinstance(function, ast.Attribute) and function.attr in _PROBES):
                continue
            node = call.node.args[0] if call.node.args else function.value
            asked |= {(ast.dump(node), call.scope.name), (ast.dump(node), None)}
        return frozenset(asked)


def _references(
    call: Call, name: str, source: PythonSource, values: Values, probes: _Probes
) -> Iterator[FoundReference]:
    if (origin := data_set_source(name)) is not None and not any(find(name)):
        yield from _data_set(call, name, origin, source, values)
        return
    for api in find(name):
        node = _path_argument(call, api, source)
        direction = _direction(call, api, values)
        if node is None or direction is None:
            continue
        for told, place in _each(node, call, values):
            text = _address(told, api)
            if (text.rooted or not (api.doubtful or _is_in_memory(node, source))) and text.text != f"{HERE}/{HOLE}":
                yield _reference(place, direction, text, api.holds, source, probed=probes.has(node, call))


def _address(told: Text, api: Api) -> Text:
    """The text of an argument; of a query the table that it reads, of a name in a store its address there."""
    if api.holds == "table":
        return Text(table_of(told.text) or HOLE, told.how if told.rooted else "unknown")
    return Text(f"{_SCHEMES[api.name]}{told.text}", told.how) if told.rooted and api.name in _SCHEMES else told


def _path_argument(call: Call, api: Api, source: PythonSource) -> ast.expr | None:
    function = call.node.func
    if not api.on_self:
        return argument(call.node, api.position, api.keyword)
    if not isinstance(function, ast.Attribute):
        return None
    root = function.value
    while isinstance(root, ast.Attribute):
        root = root.value
    is_module = isinstance(root, ast.Name) and root.id in source.aliases and root is function.value
    return None if is_module else function.value


def _each(node: ast.expr, call: Call, values: Values) -> Iterator[tuple[Text, Call]]:
    """The texts of a path, or of each path of a list written on the spot."""
    for item in node.elts if isinstance(node, (ast.List, ast.Tuple)) else [node]:
        yield from values.texts(item, call)


def _direction(call: Call, api: Api, values: Values) -> Direction | None:
    """The direction, by the mode where there is one; None where the mode is not told."""
    if not api.moded:
        return api.direction
    node = argument(call.node, 0 if api.on_self else 1, "mode")
    if node is None:
        return "read"
    mode = values.text(node, call).text
    if HOLE in mode or len(mode) > 4:
        return None
    return "write" if set(mode) & set("wax") else "read"


def _is_in_memory(node: ast.expr, source: PythonSource) -> bool:
    """Whether a reader is given content, not a path: `read_csv(StringIO(text))`."""
    name = source.name(node.func) if isinstance(node, ast.Call) else None
    return bool(
        name and name.endswith(("StringIO", "BytesIO", ".get_object", ".urlopen", ".open", ".getvalue", ".read"))
    )


def _reference(
    call: Call, direction: Direction, text: Text, holds: str, source: PythonSource, *, probed: bool = False
) -> FoundReference:
    line = call.node.lineno
    evidence = mask(source.line_text(call.cell, line))[:_MAX_EVIDENCE]
    # an address is never matched against the tree, so its secrets need not even reach the cache
    path = mask(text.text) if "://" in text.text else text.text
    return FoundReference(call.cell, line, direction, path, text.how, holds, evidence, probed)


def _data_set(call: Call, name: str, origin: str, source: PythonSource, values: Values) -> Iterator[FoundReference]:
    """A data set that a library brings; of a hub either files of one's own or a name, perhaps with a commit."""
    last = name.rpartition(".")[2]
    if origin != "hub":
        if (
            last[:1].isupper()
            or last[:4] in {"load", "fetc", "get_"}
            or name.startswith(("skimage.", "vega_datasets."))
        ):
            yield _reference(call, "read", Text(name, "literal"), origin, source)
        return
    first = argument(call.node, 0, "path")
    asset = values.text(first, call) if first is not None else Text(HOLE, "unknown")
    if asset.text in _LOCAL_BUILDERS:
        files = argument(call.node, 3, "data_files") or argument(call.node, 2, "data_dir")
        for node in files.values if isinstance(files, ast.Dict) else [files] if files is not None else []:
            for text, place in _each(node, call, values):
                yield _reference(place, "read", text, "data", source)
        return
    revision = argument(call.node, None, "revision")
    pinned = revision is not None and _COMMIT.fullmatch(values.text(revision, call).text)
    yield _reference(call, "read", asset, "commit" if pinned else "hub", source)


def _words_of_unread(source: PythonSource) -> list[str]:
    texts = (match[1] for cell in source.cells for match in _QUOTED.finditer(cell.code))
    return sorted_words({part for text in texts for part in telling_parts(text)})


def _imports_data_sets(source: PythonSource) -> bool:
    return any(name.partition(".")[0] in _DATA_SET_MODULES for name in source.aliases.values())


def _constants(values: Values) -> Iterator[tuple[str, str]]:
    """Names bound in the module and its classes, as other modules would write them, with what they stand for."""
    for scope, name, binding in values.bindings.lasting():
        if len(name) < 60 and binding.how == "assign" and _may_be_path(name, binding.value):
            text = values.constant(binding, scope)
            if text.rooted:
                yield f"{scope}.{name.removeprefix('self.')}".removeprefix("."), text.text


def _instances(values: Values) -> Iterator[tuple[str, str]]:
    for scope, name, binding in values.bindings.lasting():
        made = binding.value.func if isinstance(binding.value, ast.Call) else None
        if not scope and isinstance(made, ast.Name) and made.id in values.bindings.classes:
            yield name, made.id


def _positions(texts: list[str], values: Values) -> Iterator[tuple[str, int]]:
    for question in dict.fromkeys(question for text in texts for question in asked(text)):
        scope, _, name = question.partition(":")
        parameter = values.bindings.parameter(scope, name.partition(".")[0]) if scope else None
        if parameter is not None and parameter.position is not None:
            yield question, parameter.position


def _may_be_path(name: str, value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str) and bool("/" in value.value or _CONSTANT_NAME.search(name))
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div):
        return True
    return isinstance(value, (ast.BinOp, ast.JoinedStr, ast.Call, ast.Attribute)) and bool(_CONSTANT_NAME.search(name))


def _with_cells(source: PythonSource, fetched: Fetched) -> Commands:
    """What the file fetches and makes, with what magics and shell cells of a notebook do, and what its prose names."""
    told = commands_of(source)
    prose = [line for cell in source.cells if cell.kind == "markdown" for line in cell.code.splitlines()]
    return Commands(
        fetched=sorted({*fetched.words, *told.fetched}),
        made=sorted({*fetched.made, *told.made}),
        mentioned=mentions_in(prose) if prose else [],
        mounted=told.mounted,
        references=told.references,
    )
