"""Hydra: the settings that a script is started with, and seeds that they leave out."""

from __future__ import annotations

import ast
import posixpath
import re

from debtscan.source.marked_yaml import read_yaml
from debtscan.source.python import PythonSource
from debtscan.source.text import TextSource

_MAX_CHARACTERS = 100_000
_SEED = re.compile(r"(random_|manual_|rng_|global_)?seed", re.IGNORECASE)


def settings_file(source: PythonSource) -> str | None:
    """The file of settings that `@hydra.main` names, relative to the script."""
    for item in source.walk.functions:
        for decorator in item.node.decorator_list:
            if isinstance(decorator, ast.Call) and source.name(decorator.func) == "hydra.main":
                given = {
                    word.arg: word.value.value for word in decorator.keywords if isinstance(word.value, ast.Constant)
                }
                folder, name = given.get("config_path"), given.get("config_name")
                parts = [part for part in (folder, name) if isinstance(part, str)]
                path = posixpath.join(*parts) if parts else ""
                return None if not path else path if path.endswith((".yaml", ".yml")) else f"{path}.yaml"
    return None


def missing_seeds(source: TextSource) -> list[str]:
    """The settings at the top of a file that name a seed and are null. Raises ValueError for what is no YAML."""
    if "seed" not in source.text.lower() or len(source.text) > _MAX_CHARACTERS:
        return []
    pairs = (pair for document in read_yaml(source.text) for pair in document.pairs())
    return [key for key, value in pairs if value.is_null and _SEED.fullmatch(key)]
