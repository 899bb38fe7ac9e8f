"""Steps that nobody wrote down: scripts of which one reads what another writes, and scripts with numbered names."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from debtscan.model import Stage
from debtscan.pipelines.found import FoundSteps
from debtscan.repository import File
from debtscan.scanners.data_references import DataReference
from debtscan.scanners.files import FileRow
from debtscan.scanners.imports import ImportRow
from debtscan.scanners.steps.table import Step
from debtscan.source.modules import Modules

StageOf: TypeAlias = Callable[[str | None, str], Stage | None]
_Files: TypeAlias = Mapping[str, Mapping[str, DataReference]]
"""By path, the scripts that write or read it, with the first place of each."""

_SCOPES = frozenset({"source", "notebook", "example"})
_LINKING = frozenset({"data", "model", "image"})
"""What a file must hold to make one script depend on another: settings and logs do not."""
_STATES = frozenset({"runtime", "bundled", "external-known", "external-mutable", "external-versioned", "platform"})
_NUMBERED = re.compile(
    r"(?:step|part|stage|nb|notebook|ch|chapter)?[-_ ]?(?P<number>\d{1,2}(?:[._]\d)?)[-_. ]+(?P<rest>[A-Za-z].*)",
    re.IGNORECASE,
)
_MOST_READERS = 40
"""Of one file: more scripts than this share it as a convention, not as steps."""


def linked_steps(
    found: Mapping[str, FoundSteps],
    listing: Sequence[File],
    files: Sequence[FileRow],
    imports: Sequence[ImportRow],
    data_references: Sequence[DataReference],
    stage_of: StageOf,
) -> Iterator[Step]:
    scripts = {row.path for row in files if row.scope in _SCOPES and (item := found.get(row.path)) and item.started}
    writes, reads = _files_of(scripts, data_references)
    folders = {file.path.partition("/")[0] for file in listing if "/" in file.path}
    sources: dict[str, dict[str, DataReference]] = defaultdict(dict)
    sinks: dict[str, dict[str, DataReference]] = defaultdict(dict)
    links: dict[str, set[str]] = defaultdict(set)
    for path, writer, reader in _links(writes, reads, _Together(listing, imports)):
        if _is_one_place(path, writer, reader, folders):
            sinks[writer].setdefault(path, writes[path][writer])
            sources[reader].setdefault(path, reads[path][reader])
            links[writer].add(reader)
            links[reader].add(writer)
    # a chain is called after the first script that needs none of the others
    firsts = {chain[0]: next((path for path in chain if path not in sources), chain[0]) for chain in _chains(links)}
    chains = {path: firsts[chain[0]] for chain in _chains(links) for path in chain}
    for path in sorted(chains):
        first = min((*sources[path].values(), *sinks[path].values()), key=lambda row: (row.cell or 0, row.line))
        yield _row(
            path,
            first.cell,
            first.line,
            chains[path],
            tuple(sorted(sources[path])),
            tuple(sorted(sinks[path])),
            stage_of,
        )
    for folder, paths in _numbered(scripts).items():
        for path in paths:
            if path not in chains:
                yield _row(path, 0 if path.endswith(".ipynb") else None, 1, folder or ".", (), (), stage_of)


def _links(writes: _Files, reads: _Files, together: _Together) -> Iterator[tuple[str, str, str]]:
    """(file, writer, reader) for every file that one script writes and others read in runs of their own."""
    for path, writers in writes.items():
        readers = reads.get(path, {})
        # a file that several scripts write has a name that everyone uses, or is written by the version at hand
        if len(writers) == 1 and len(readers) <= _MOST_READERS:
            (writer,) = writers
            # modules of one program pass files within one run
            yield from ((path, writer, one) for one in readers if one != writer and not together.run(writer, one))


def _files_of(scripts: set[str], references: Sequence[DataReference]) -> tuple[_Files, _Files]:
    """The writers and the readers of each file."""
    writes: dict[str, dict[str, DataReference]] = defaultdict(dict)
    reads: dict[str, dict[str, DataReference]] = defaultdict(dict)
    for row in references:
        path = row.resolved
        if path is None or "*" in path or "{" in path or row.path not in scripts:
            continue
        if row.kind not in {"local_relative", "local_absolute"} or row.holds not in _LINKING or row.state in _STATES:
            continue
        side = writes if row.direction == "write" else reads
        side[posixpath.normpath(path)].setdefault(row.path, row)
    return writes, reads


def _is_one_place(path: str, writer: str, reader: str, folders: set[str]) -> bool:
    """Whether a relative path is the same file for both: run in folders of their own, each would have one by itself."""
    first, second = posixpath.dirname(writer), posixpath.dirname(reader)
    if f"{first}/".startswith(f"{second}/") or f"{second}/".startswith(f"{first}/") or not (first and second):
        return True
    return ("/" in path and path.partition("/")[0] in folders) or path.startswith("/")


class _Together:
    """Files that run in one process: one imports the other, or a third imports both."""

    def __init__(self, listing: Sequence[File], imports: Sequence[ImportRow]) -> None:
        modules = Modules(file.path for file in listing if file.kind == "python")
        self._imported: dict[str, set[str]] = defaultdict(set)
        for row in imports:
            if row.origin == "first_party" and (found := modules.find(row.path, row.module)) is not None:
                self._imported[found].add(row.path)

    def run(self, first: str, second: str) -> bool:
        by_first, by_second = self._importers(first), self._importers(second)
        return bool(({first} | by_first) & ({second} | by_second))

    def _importers(self, path: str) -> set[str]:
        """Files that import a file, directly or through others."""
        seen: set[str] = set()
        todo = [path]
        while todo and len(seen) < 500:
            for importer in self._imported.get(todo.pop(), ()):
                if importer not in seen and not _TEST.search(importer):
                    seen.add(importer)
                    todo.append(importer)
        return seen


_TEST = re.compile(r"(^|/)(tests?/|test_[^/]*\.py$|conftest\.py$)")


def _chains(links: Mapping[str, set[str]]) -> Iterator[list[str]]:
    """The groups of scripts that are linked, each in order of path."""
    left = set(links)
    while left:
        todo, chain = [min(left)], set()
        while todo:
            path = todo.pop()
            if path not in chain:
                chain.add(path)
                todo.extend(links[path])
        left -= chain
        yield sorted(chain)


def _numbered(scripts: set[str]) -> Mapping[str, list[str]]:
    """Scripts of one folder with numbers in front of their names, where at least two numbers differ."""
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted(scripts):
        folder, _, name = path.rpartition("/")
        if match := _NUMBERED.fullmatch(name):
            found[folder][match["number"]].append(path)
    return {
        folder: [path for paths in numbers.values() for path in paths]
        for folder, numbers in found.items()
        if len(numbers) > 1
    }


def _row(
    path: str,
    cell: int | None,
    line: int,
    pipeline: str,
    inputs: tuple[str, ...],
    outputs: tuple[str, ...],
    stage_of: StageOf,
) -> Step:
    return Step(
        path=path,
        cell=cell,
        line=line,
        pipeline=pipeline,
        step=posixpath.splitext(posixpath.basename(path))[0],
        engine="implicit",
        stage=stage_of(path, ""),
        inputs=inputs,
        outputs=outputs,
        command="",
        how="implied",
        script=path,
        target=path,
        script_state="found",
        missing_inputs=(),
        executes_notebook=False,
        scheduled=False,
    )
