"""Which parser reads which kind of file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from debtscan.manifests import (
    cog,
    command_lines,
    conda,
    conda_lock,
    conda_recipe,
    dockerfile,
    executed,
    inline_script,
    pdm_lock,
    pipfile,
    pipfile_lock,
    pixi,
    pixi_lock,
    poetry_lock,
    pylock,
    pyproject,
    requirements,
    setup_cfg,
    setup_py,
    uv_lock,
)
from debtscan.manifests.records import Manifest, Unread
from debtscan.source.python import PythonSource
from debtscan.source.text import TextSource


def _any_yaml(text: str) -> Manifest | None:
    return conda_recipe.parse(text) or conda.parse_any(text)


PARSERS: Mapping[str, Callable[[str], Manifest | None]] = {
    "requirements": requirements.parse,
    "constraints": requirements.parse_constraints,
    "requirements_lock": requirements.parse_lock,
    "pyproject": pyproject.parse,
    "setup_cfg": setup_cfg.parse,
    "pipfile": pipfile.parse,
    "pixi_toml": pixi.parse,
    "cog": cog.parse,
    "conda": conda.parse,
    "yaml": _any_yaml,
    "poetry_lock": poetry_lock.parse,
    "uv_lock": uv_lock.parse,
    "pdm_lock": pdm_lock.parse,
    "pipfile_lock": pipfile_lock.parse,
    "pylock": pylock.parse,
    "conda_lock": conda_lock.parse,
    "pixi_lock": pixi_lock.parse,
    "dockerfile": dockerfile.parse,
    "doc": command_lines.parse,
}
EXECUTED_KINDS = frozenset({"shell", "makefile", "workflow", "tox"})
KINDS = frozenset(PARSERS) | EXECUTED_KINDS | {"python", "notebook"}


def read(source: PythonSource | TextSource) -> Manifest | None:
    """Everything one file declares, locks and installs; None for nothing."""
    if isinstance(source, PythonSource) and source.notebook is None:
        return setup_py.parse(source) or inline_script.parse(source) or executed.parse(source)
    try:
        if isinstance(source, PythonSource) or source.kind in EXECUTED_KINDS:
            return executed.parse(source)
        manifest = PARSERS[source.kind](source.text)
    except ValueError as error:
        return Manifest(unread=(Unread(str(error)),))
    return manifest if manifest is not None and manifest != Manifest() else None
