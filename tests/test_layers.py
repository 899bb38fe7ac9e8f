"""Imports run one way, a third-party library has one home, and no file outgrows a reader."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "debtscan"
FILES = sorted(PACKAGE.rglob("*.py"))

# A unit may import units of lower layers, and itself. Top first.
LAYERS = (
    {"__main__"},
    {"cli"},
    {"formats", "fleet", "demo"},
    {"audit"},
    {"settings"},
    {"rulebook", "scan", "cost"},
    {"facts", "scanners"},
    {"components"},
    {"advisories", "artefacts", "copies", "datapaths", "manifests", "pipelines", "pretrained", "testsuite", "training"},
    {"components", "serving"},
    {"advisories", "copies", "datapaths", "manifests", "testsuite", "training"},
    {"commands"},
    {"source", "repository", "narrative"},
    {"lexicon"},
    {"model", "errors", "shipped", "text", "__init__"},
)
RANK = {unit: -depth for depth, units in enumerate(LAYERS) for unit in units}

# Library -> the modules (by prefix) that may import it.
FENCES = {
    "git": ("debtscan.repository",),
    "duckdb": ("debtscan.facts",),
    "jinja2": ("debtscan.formats.html",),
    "typer": ("debtscan.cli",),
    "rich": ("debtscan.cli",),
    "dask": ("debtscan.fleet",),
    "distributed": ("debtscan.fleet",),
    "sqlalchemy": ("debtscan.fleet",),
    "pip_audit": ("debtscan.advisories",),
}
ONLY_CLI = {"print", "exit", "sys.exit", "os.getenv", "os.environ", "time.time", "date.today"}
CLOCKS = {"datetime.now", "datetime.utcnow", "datetime.today"}


def module_name(file: Path) -> str:
    parts = file.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def unit(module: str) -> str:
    """The part of the package a module belongs to: `debtscan.source.walk` is in `source`."""
    return module.split(".")[1] if "." in module else "__init__"


MODULES = {module_name(file): file for file in FILES}


def imports(file: Path) -> set[str]:
    """Every module imported anywhere in a file, functions and type-checking blocks included."""
    found = set()
    for node in ast.walk(ast.parse(file.read_bytes())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno} imports relatively; write the whole name"
            submodules = {f"{node.module}.{alias.name}" for alias in node.names} & MODULES.keys()
            found |= submodules or {node.module}
    return found


def dotted(node: ast.expr) -> str:
    return f"{dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else getattr(node, "id", "")


@pytest.fixture(params=MODULES, ids=lambda module: module.removeprefix("debtscan."))
def module(request) -> str:
    return request.param


def test_imports_run_downwards(module):
    home = unit(module)
    assert home in RANK, f"{home} has no layer: add it to LAYERS"
    others = {unit(name) for name in imports(MODULES[module]) if name.split(".")[0] == "debtscan"} - {home}
    assert {other for other in others if RANK[other] >= RANK[home]} == set()


def test_a_library_is_imported_in_its_one_home(module):
    tops = {name.split(".")[0] for name in imports(MODULES[module])}
    assert {top for top in tops & FENCES.keys() if not module.startswith(FENCES[top])} == set()


def test_only_the_command_line_prints_exits_and_reads_clock_or_environment(module):
    tree = ast.parse(MODULES[module].read_bytes())
    used = {dotted(node) for node in ast.walk(tree) if isinstance(node, (ast.Name, ast.Attribute))}
    forbidden = {name for name in used if name in ONLY_CLI or name.endswith(tuple(CLOCKS))}
    assert unit(module) in {"cli", "__main__"} or forbidden == set()


def test_a_file_has_at_most_400_lines(module):
    assert len(MODULES[module].read_text("utf-8").splitlines()) <= 400


def test_there_are_no_import_cycles():
    graph = {name: (imports(file) & MODULES.keys()) - {name} for name, file in MODULES.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" -> ".join(error.args[1]))


def test_the_shipped_folders_hold_data_only():
    # One .py in rules/ or templates/ breaks editable installs.
    root = PACKAGE.parent
    assert [file for folder in ("rules", "templates") for file in (root / folder).rglob("*.py")] == []
