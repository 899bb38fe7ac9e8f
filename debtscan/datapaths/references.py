"""What one Python file or notebook reads, writes and fetches, seen without its path.

Texts keep their marks (`debtscan.source.texts`): holes, the folder of the file itself, names of constants that other
modules hold. They become paths where the file's place is known.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache, cached_property
from itertools import islice

from msgspec import Struct

from debtscan.datapaths.apis import Api, Direction, data_set_source, fetches, find, last_names
from debtscan.datapaths.commands import Commands, commands_in, fetched_words, mentions_in, named_files
from debtscan.source.masking import mask
from debtscan.source.python import PythonSource
from debtscan.source.texts import HERE, HOLE, How, Text
from debtscan.source.values import Values, argument
from debtscan.source.walk import Call

_LOCAL_BUILDERS = frozenset(
    {"csv", "json", "parquet", "text", "arrow", "pandas", "imagefolder", "audiofolder", "webdataset"}
)
"""Builders with which `datasets.load_dataset` reads files that are given to it."""
_COMMIT = re.compile(r"[0-9a-f]{40}")
_FETCHING_NAME = re.compile(
    r"^_?(download|fetch|maybe_download|wget|untar)(_|$)|_download(er)?$|^(load|get)_\w*from_url$"
)
_REQUESTS = re.compile(r"^(requests|httpx)(\.Session\(\))?\.(get|stream)$")
_SHELLS = frozenset({"os.system", "subprocess.run", "subprocess.call", "subprocess.check_call", "subprocess.check_output"} | {"subprocess.Popen", "os.popen"})  # fmt: skip
_PROBES = frozenset({"exists", "isfile", "isdir", "is_file", "is_dir", "lexists", "access"})
_SHELL_NAMES = frozenset(name.rpartition(".")[2] for name in _SHELLS)
_RUNNING_NAMES = _SHELL_NAMES | {"get", "stream"}
_CONSTANT_NAME = re.compile(r"path|dir|file|root|folder|data|csv|url|uri|base|home", re.IGNORECASE)
_DATA_SET_MODULES = frozenset(
    {"torchvision", "torchaudio", "torchtext", "torch_geometric", "tensorflow", "keras", "skimage", "shap"}
    | {"lifelines", "vega_datasets", "statsmodels", "ogb", "plotly"}
)
_MAX_EVIDENCE = 200
_MAX_CONSTANTS = 400


class FoundReference(Struct, frozen=True, gc=False, array_like=True):
    """One call that reads or writes; `text` is a hole where its path is not told."""

    cell: int | None
    line: int
    direction: Direction
    text: str
    how: How
    holds: str
    """data, model, image, folder, any; bundled, fetched, hub and commit for data sets that a library brings."""
    evidence: str
    probed: bool = False
    """The same code asks whether the file is there: it can do without, or makes it."""


class FoundPaths(Struct, frozen=True, gc=False, array_like=True):
    references: list[FoundReference]
    constants: dict[str, str]
    """Texts of this module's own names (`DATA_DIR`, `Config.root`), for other modules that import them."""
    instances: dict[str, str]
    """Names that hold an instance of a class of this module (`config = Config()`)."""
    commands: Commands
    readable: bool = True
    """False for a script that could not be parsed: nobody knows what it reads or writes."""


NOTHING = FoundPaths([], {}, {}, Commands())


def references_in(source: PythonSource) -> FoundPaths:
    values = Values(source)
    probes = _Probes(source)
    found: list[FoundReference] = []
    fetched: list[str] = []
    made: list[str] = []
    names = last_names()
    data_set_modules = _imports_data_sets(source)
    for last, call in source.named_calls:
        may_be_data_set = data_set_modules and (last[:1].isupper() or last == "load_data")
        if not (may_be_data_set or _may_matter(last)):
            continue
        function = call.node.func
        if last in names or may_be_data_set:
            name = (source.name(function) or f"?.{last}").removeprefix("six.moves.")
            found += _references(call, name, source, values, probes)
        if _is_fetch(call, last, source, values):
            fetched += fetched_words(_texts_of(call, values))
        if last in _SHELL_NAMES and source.name(function) in _SHELLS:
            made += named_files(_texts_of(call, values))
    return FoundPaths(
        list(dict.fromkeys(found)),
        dict(islice(_constants(values), _MAX_CONSTANTS)),
        dict(islice(_instances(values), _MAX_CONSTANTS)),
        _with_cells(source, fetched, made),
        readable=source.notebook is not None or not source.problems,
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
        for text, place in _each(node, call, values):
            if (text.rooted or not (api.doubtful or _is_in_memory(node, source))) and text.text != f"{HERE}/{HOLE}":
                yield _reference(place, direction, text, api.holds, source, probed=probes.has(node, call))


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


def _imports_data_sets(source: PythonSource) -> bool:
    return any(name.partition(".")[0] in _DATA_SET_MODULES for name in source.aliases.values())


@cache
def _may_matter(last: str) -> bool:
    """Whether a call of this last name may read, write, fetch or run a command, whatever the file imports."""
    return last in last_names() or last in _RUNNING_NAMES or f".{last}" in fetches() or _sounds_like_fetching(last)


def _is_fetch(call: Call, last: str, source: PythonSource, values: Values) -> bool:
    if _sounds_like_fetching(last):
        return True
    names = fetches()
    if f".{last}" in names:
        return True
    if last not in _RUNNING_NAMES:
        return last in last_names() and (source.name(call.node.func) or "").removeprefix("six.moves.") in names
    name = source.name(call.node.func) or ""
    if _REQUESTS.match(name):
        return bool(fetched_words(_texts_of(call, values)))
    return name in _SHELLS and bool(commands_in([" ".join(_texts_of(call, values))]).fetched)


@cache
def _sounds_like_fetching(name: str) -> bool:
    return len(name) < 80 and bool(_FETCHING_NAME.search(name))


def _texts_of(call: Call, values: Values) -> list[str]:
    """The texts among a call's arguments, with those in a list written on the spot."""
    given = [*call.node.args, *(keyword.value for keyword in call.node.keywords)]
    nodes = [item for node in given for item in (node.elts if isinstance(node, ast.List) else [node])]
    return [text.text for node in nodes if (text := values.text(node, call)).how != "unknown"]


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


def _may_be_path(name: str, value: ast.expr) -> bool:
    if isinstance(value, ast.Constant):
        return isinstance(value.value, str) and bool("/" in value.value or _CONSTANT_NAME.search(name))
    if isinstance(value, ast.BinOp) and isinstance(value.op, ast.Div):
        return True
    return isinstance(value, (ast.BinOp, ast.JoinedStr, ast.Call, ast.Attribute)) and bool(_CONSTANT_NAME.search(name))


def _with_cells(source: PythonSource, fetched: list[str], made: list[str]) -> Commands:
    """What the file fetches, with what magics and shell cells of a notebook fetch and make."""
    if source.notebook is None:
        return Commands(fetched=sorted(set(fetched)), made=sorted(set(made)))
    lines: list[str] = []
    prose: list[str] = []
    for cell in source.cells:
        if cell.kind == "markdown":
            prose += cell.code.splitlines()
        elif cell.kind == "code":
            shell = cell.language in {"bash", "sh", "shell", "script", "cmd"}
            lines += cell.code.splitlines() if shell else [magic.text.lstrip("!% ") for magic in cell.magics]
    found = commands_in(lines)
    mentioned = mentions_in(prose)
    return Commands(
        fetched=sorted({*fetched, *found.fetched}),
        made=sorted({*made, *found.made}),
        mentioned=mentioned,
        mounted=found.mounted,
    )
