"""Collect tests as pytest and unittest would, from what single files hold.

pytest's rules with the project's own configuration: file patterns, `Test*` classes without `__init__`, `test*`
functions, unittest cases under any name, inherited methods. Where several configurations exist, the nearest above a
file holds, as it does when pytest is started there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from debtscan.testsuite.candidates import Candidate, CandidateClass, Candidates
from debtscan.testsuite.config import PytestConfig, collects, matches

_UNITTEST_BASES = ("TestCase", "IsolatedAsyncioTestCase", "TransactionTestCase", "LiveServerTestCase")
_KNOWN_FIXTURES = frozenset(
    {"request", "tmp_path", "tmp_path_factory", "tmpdir", "tmpdir_factory", "monkeypatch", "capsys", "capfd", "caplog"}
    | {
        "recwarn",
        "pytestconfig",
        "cache",
        "record_property",
        "doctest_namespace",
        "capsysbinary",
        "testdir",
        "pytester",
    }
    | {"mocker", "benchmark", "subtests", "client", "app", "db", "faker", "httpserver", "requests_mock", "event_loop"}
    | {"tb", "global_random_seed", "notebooks", "output_notebook", "kernel_name", "regtest", "snapshot", "datadir"}
)
_DEFAULTS = PytestConfig()
_HELPER_ROUNDS = 3
"""How far assertions are followed through helpers that call helpers."""


class Collected(Struct, frozen=True):
    path: str
    line: int
    name: str
    """pytest node id, without parameters."""
    asserts: int
    calls: int
    """Different functions and methods it calls."""
    skipped: bool


Files = Mapping[str, Candidates]


def collect(files: Files, configs: Mapping[str, PytestConfig]) -> list[Collected]:
    """Tests in `files` (by path) under the pytest settings found in `configs` (by folder), in path and line order."""
    asserting = _asserting_helpers(files)
    classes = _classes_by_name(files)
    fixtures = frozenset(
        function.name.rpartition(".")[2] for found in files.values() for function in found.functions if function.fixture
    )
    suite = _Suite(asserting, classes, fixtures | _KNOWN_FIXTURES, files, _by_owner(files))
    rows = [test for path, found in files.items() for test in _collect_file(path, found, configs, suite)]
    return sorted(rows, key=lambda row: (row.path, row.line, row.name))


class _Suite(Struct, frozen=True):
    """What is known across files."""

    asserting: frozenset[str]
    classes: Mapping[str, tuple[str, CandidateClass] | None]
    fixtures: frozenset[str]
    files: Files
    functions: Mapping[tuple[str, str], Sequence[Candidate]]


def _by_owner(files: Files) -> dict[tuple[str, str], list[Candidate]]:
    """Functions by the path they are in and the name of the class (or function) around them, empty where none is."""
    owned: dict[tuple[str, str], list[Candidate]] = {}
    for path, found in files.items():
        for function in found.functions:
            owned.setdefault((path, function.name.rpartition(".")[0]), []).append(function)
    return owned


def _asserting_helpers(files: Files) -> frozenset[str]:
    """Last names of functions that assert, themselves or through others."""
    functions = [function for found in files.values() for function in found.functions]
    names = {function.name.rpartition(".")[2] for function in functions if function.asserts}
    for _ in range(_HELPER_ROUNDS):
        more = {
            last
            for function in functions
            if (last := function.name.rpartition(".")[2]) not in names and not names.isdisjoint(function.calls)
        }
        if not more:
            break
        names |= more
    return frozenset(names)


def _classes_by_name(files: Files) -> dict[str, tuple[str, CandidateClass] | None]:
    """Class by its last name; None where several files have one of that name."""
    known: dict[str, tuple[str, CandidateClass] | None] = {}
    for path, found in files.items():
        for item in found.classes:
            last = item.name.rpartition(".")[2]
            known[last] = None if last in known else (path, item)
    return known


def _collect_file(
    path: str, found: Candidates, configs: Mapping[str, PytestConfig], suite: _Suite
) -> Iterator[Collected]:
    folder, config = _config_of(path, configs)
    by_pytest = collects(config, folder, path)
    by_unittest = path.rpartition("/")[2].startswith("test")
    if not by_pytest and not by_unittest:
        return
    if by_pytest:
        yield from _functions(path, found, config, suite)
    for item in found.classes:
        is_case = _is_test_case(item, path, suite)
        named = by_pytest and matches(item.name.rpartition(".")[2], config.classes) and not item.has_init
        if (is_case or named) and not item.not_a_test:
            yield from _methods(path, found, item, suite, ("test",) if is_case else config.functions)


def _config_of(path: str, configs: Mapping[str, PytestConfig]) -> tuple[str, PytestConfig]:
    folder = path
    while folder:
        folder = folder.rpartition("/")[0]
        if (config := configs.get(folder or ".")) is not None:
            return folder or ".", config
    return ".", _DEFAULTS


def _functions(path: str, found: Candidates, config: PytestConfig, suite: _Suite) -> Iterator[Collected]:
    for function in suite.functions.get((path, ""), ()):
        if function.fixture or not matches(function.name, config.functions):
            continue
        if not found.uses_pytest and not suite.fixtures.issuperset(function.needs):
            # `def test(model, loader)` of a training script: no runner could fill its arguments
            continue
        yield _collected(path, f"{path}::{function.name}", function.line, function, suite, found.skipped)


def _methods(
    path: str, found: Candidates, item: CandidateClass, suite: _Suite, patterns: tuple[str, ...]
) -> Iterator[Collected]:
    node_id = f"{path}::{item.name.replace('.', '::')}"
    skipped = found.skipped or item.skipped
    seen: set[str] = set()
    for owner_path, owner in _lineage(item, path, suite):
        for function in suite.functions.get((owner_path, owner.name), ()):
            last = function.name.rpartition(".")[2]
            if last in seen or function.fixture or not matches(last, patterns):
                continue
            seen.add(last)
            line = function.line if owner_path == path else item.line
            yield _collected(path, f"{node_id}::{last}", line, function, suite, skipped)


def _collected(path: str, node_id: str, line: int, function: Candidate, suite: _Suite, skipped: bool) -> Collected:
    helpers = suite.asserting.intersection(function.calls)
    asserts = function.asserts + sum(not name.startswith("assert") for name in helpers)
    return Collected(path, line, node_id, asserts, len(function.calls), function.skipped or skipped)


def _lineage(item: CandidateClass, path: str, suite: _Suite) -> Iterator[tuple[str, CandidateClass]]:
    """The class and its bases inside the repository, nearest first."""
    todo, seen = [(path, item)], {(path, item.name)}
    for place, current in todo:
        yield place, current
        for base in current.bases:
            found = _find_class(base, place, suite)
            if found and (found[0], found[1].name) not in seen:
                seen.add((found[0], found[1].name))
                todo.append(found)


def _find_class(base: str, path: str, suite: _Suite) -> tuple[str, CandidateClass] | None:
    last = base.rpartition(".")[2]
    for item in suite.files[path].classes if path in suite.files else ():
        if item.name == last:
            return path, item
    return suite.classes.get(last)


def _is_test_case(item: CandidateClass, path: str, suite: _Suite) -> bool:
    return any(
        base.rpartition(".")[2].endswith(_UNITTEST_BASES)
        for _, owner in _lineage(item, path, suite)
        for base in owner.bases
    )
