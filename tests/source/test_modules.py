"""The file that an import means."""

from __future__ import annotations

import pytest

from debtscan.source.modules import Modules

MODULES = Modules(
    ["config.py", "app/__init__.py", "app/config.py", "app/core/train.py", "app/core/__init__.py", "other/config.py"]
)


@pytest.mark.parametrize(
    ("importer", "module", "path"),
    [
        ("app/serve.py", "config", "app/config.py"),
        ("app/core/train.py", "config", "app/config.py"),
        ("other/run.py", "config", "other/config.py"),
        ("run.py", "app.config", "app/config.py"),
        ("run.py", "app", "app/__init__.py"),
        ("app/core/train.py", "..config", "app/config.py"),
        ("app/core/train.py", "..", "app/__init__.py"),
        ("app/core/train.py", ".....config", None),
        ("run.py", "numpy", None),
        ("run.py", ".missing", None),
    ],
)
def test_a_module_is_found_from_where_it_is_imported(importer, module, path):
    assert MODULES.find(importer, module) == path


@pytest.mark.parametrize(
    ("importer", "name", "found"),
    [
        ("run.py", "app.config.Config.path", ("app/config.py", "Config.path")),
        ("app/core/train.py", "..config.PATH", ("app/config.py", "PATH")),
        ("app/core/train.py", ".PATH", ("app/core/__init__.py", "PATH")),
        ("run.py", "config", None),
        ("run.py", "numpy.load", None),
    ],
)
def test_a_name_is_found_in_its_module(importer, name, found):
    assert MODULES.of_name(importer, name) == found
