"""What is built and installed works without the checkout and without a development dependency."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import venv
import zipfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
ROOT = Path(__file__).parents[1]
SHIPPED = sorted(
    file.relative_to(ROOT).as_posix() for folder in ("rules", "templates") for file in (ROOT / folder).rglob("*.*")
)
LIST_SHIPPED = """
import json
from debtscan.shipped import shipped

def walk(folder, prefix):
    for entry in folder.iterdir():
        path = f"{prefix}/{entry.name}"
        yield from walk(entry, path) if entry.is_dir() else [path]

print(json.dumps(sorted(path for name in ("rules", "templates") for path in walk(shipped(name), name))))
"""


def run(*command: object, cwd: Path | None = None) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def link_locked_packages(folder: Path) -> Path:
    """A folder with links to what requirements.txt names and nothing else of this environment."""
    folder.mkdir()
    for name in re.findall(r"^([a-z0-9.-]+)==", (ROOT / "requirements.txt").read_text("utf-8"), re.MULTILINE):
        try:
            package = distribution(name)
        except PackageNotFoundError:  # a marker of the lock leaves it out here, or an import below fails
            continue
        for top in {file.parts[0] for file in package.files or () if file.parts[0] not in ("..", "__pycache__")}:
            (folder / top).symlink_to(Path(str(package.locate_file(top))))
    return folder


@pytest.fixture(scope="module")
def packages(tmp_path_factory) -> Path:
    return link_locked_packages(tmp_path_factory.mktemp("packages") / "locked")


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--wheel", "--sdist", "--outdir", folder, ROOT)
    return folder


@pytest.fixture(scope="module", params=["wheel", "sdist", "editable"])
def installed(request, built, packages, tmp_path_factory) -> Path:
    """The bin folder of a new virtual environment with debtscan installed."""
    home = tmp_path_factory.mktemp(request.param)
    venv.create(home, with_pip=False, symlinks=True)
    (site,) = home.glob("lib/python*/site-packages")
    (site / "locked.pth").write_text(f"{packages}\n")
    what = {
        "wheel": next(built.glob("*.whl")),
        "sdist": next(built.glob("*.tar.gz")),
        "editable": f"--editable={ROOT}",
    }[request.param]
    pip = [sys.executable, "-m", "pip", "--python", home / "bin/python", "install", "--no-index", "--no-deps"]
    run(*pip, "--no-build-isolation", "--quiet", what)
    return home / "bin"


def test_the_wheel_holds_the_package_its_data_and_its_licence(built):
    names = zipfile.ZipFile(next(built.glob("*.whl"))).namelist()
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"debtscan"}
    assert {f"debtscan/{path}" for path in SHIPPED} <= set(names)
    assert {"debtscan/py.typed", "debtscan/demo/history.yaml"} <= set(names)
    assert any(name.endswith("/LICENSE") for name in names)


def test_rules_and_templates_are_found(installed, tmp_path):
    assert json.loads(run(installed / "python", "-c", LIST_SHIPPED, cwd=tmp_path)) == SHIPPED


def test_a_scan_needs_no_development_dependency(installed, tmp_path):
    project = tmp_path / "project"
    project.mkdir()
    (project / "requirements.txt").write_text("pandas\n")
    (project / "train.py").write_text("import pandas as pd\n\nprint(pd.read_csv('data.csv').mean())\n")
    run(installed / "debtscan", "scan", project, "--no-cache", "-o", "report.html", "-o", "report.json", cwd=tmp_path)
    assert json.loads((tmp_path / "report.json").read_bytes())["schema_version"] == 1
    assert (tmp_path / "report.html").stat().st_size > 0
