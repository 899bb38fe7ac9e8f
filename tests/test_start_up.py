"""Starting is cheap and a scan is silent: no heavy import before it is needed, and no network at all."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.manifests.manifest_texts import NAMES, NOTEBOOK, PYTHON, TEXTS
from tests.scanning import write_files

ROOT = Path(__file__).parents[1]
NETWORK = {"requests", "urllib3", "httpx", "http.client", "aiohttp"}
SLOW = {"numpy", "pandas", "duckdb", "jinja2", "git", "pip_audit", "pydantic", "sqlalchemy", "distributed"}

# Python imports a `sitecustomize` at its start, so this hook is in the pool's workers and in the rule engine as well.
# Their own pipes may be Unix sockets, whose address is no tuple.
HOOK = """
import os, sys
def note(event, arguments):
    network = event in ("socket.connect", "socket.bind", "socket.sendto") and isinstance(arguments[-1], tuple)
    if network or event in ("socket.getaddrinfo", "socket.gethostbyname"):
        with open(os.environ["NETWORK_LOG"], "a") as log:
            print(event, arguments[-1], file=log)
sys.addaudithook(note)
"""
RUN = """
import sys
sys.argv[0] = "debtscan"
try:
    {statement}
except SystemExit as stop:
    assert not stop.code, stop.code
print("IMPORTED", *sorted(sys.modules), file=sys.stderr)
"""
MAIN = "from debtscan.__main__ import main; main()"


def run(cwd: Path, *arguments: str, statement: str = MAIN) -> tuple[set[str], str]:
    """Run the command line; return the modules its process imported and what all its processes did on the network."""
    log = cwd / "network.log"
    log.touch()
    (cwd / "sitecustomize.py").write_text(HOOK)
    path = os.pathsep.join([str(cwd), str(ROOT)])
    done = subprocess.run(
        [sys.executable, "-c", RUN.replace("{statement}", statement), *arguments],
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": path, "NETWORK_LOG": str(log)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return set(done.stderr.rpartition("IMPORTED")[2].split()), log.read_text()


@pytest.fixture
def project(tmp_path) -> Path:
    """A folder outside git with one training script."""
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "requirements.txt").write_text("pandas\n")
    (folder / "train.py").write_text("import pandas as pd\n\nprint(pd.read_csv('data.csv').mean())\n")
    return folder


def test_importing_the_command_line_imports_nothing_heavy(tmp_path):
    imported, network = run(tmp_path, statement="import debtscan.__main__")
    assert (imported & (NETWORK | SLOW), network) == (set(), "")


def test_help_imports_nothing_heavy(tmp_path):
    imported, network = run(tmp_path, "--help")
    assert (imported & (NETWORK | SLOW), network) == (set(), "")


def test_pool_workers_import_nothing_heavy(tmp_path):
    statement = "import debtscan.scan.worker; from debtscan.scan.registry import scanners; scanners()"
    imported, _ = run(tmp_path, statement=statement)
    assert imported & (NETWORK | SLOW | {"typer", "rich"}) == set()


def test_a_scan_uses_no_network_and_imports_neither_pandas_nor_a_network_library(project, tmp_path):
    imported, network = run(tmp_path, "scan", str(project), "--no-cache", "-o", "report.json")
    assert (imported & (NETWORK | {"pandas", "pip_audit"}), network) == (set(), "")
    assert (tmp_path / "report.json").stat().st_size > 0


def test_every_sort_of_manifest_is_read_without_the_network(tmp_path):
    """Addresses of indexes, archives and repositories stand in many of them; nobody is asked."""
    folder = write_files(tmp_path / "project", {NAMES[kind]: text for kind, text in TEXTS.items()})
    write_files(folder, {"setup.py": PYTHON, "train.ipynb": NOTEBOOK, "train.py": "import numpy\n"})
    _, network = run(
        tmp_path,
        "facts",
        str(folder),
        "--no-cache",
        "--sql",
        "SELECT path FROM dependencies UNION SELECT path FROM environments",
        "-o",
        "paths.csv",
    )
    read = {*(tmp_path / "paths.csv").read_text().split(), "README.md", "constraints.txt"}
    locks = {name for name in NAMES.values() if "lock" in name}
    assert (set(NAMES.values()) - read - locks, network) == (set(), "")


def test_asking_a_folder_of_advisories_uses_no_network(project, tmp_path):
    (project / "requirements.txt").write_text("demo==1.4.0\n")
    osv = tmp_path / "osv"
    osv.mkdir()
    package = '"package": {"ecosystem": "PyPI", "name": "demo"}, "versions": ["1.4.0"]'
    (osv / "1.json").write_text(f'{{"id": "PYSEC-2026-1", "affected": [{{{package}}}]}}')
    options = ("--advisories", str(osv), "--cache", str(tmp_path / "cache"), "-o", "report.json")
    imported, network = run(tmp_path, "scan", str(project), *options)
    assert (imported & (NETWORK | {"pandas", "pip_audit"}), network) == (set(), "")
    assert "demo 1.4.0 has a known vulnerability" in (tmp_path / "report.json").read_text()


def test_the_hook_sees_the_network_use_of_a_child_process(tmp_path):
    child = "import socket; socket.socket().connect_ex(('127.0.0.1', 9))"
    _, network = run(tmp_path, statement=f"import subprocess; subprocess.run([sys.executable, '-c', {child!r}])")
    assert network == "socket.connect ('127.0.0.1', 9)\n"
