"""Which parser reads which kind of file."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from debtscan.manifests import (
    command_lines,
    conda,
    conda_lock,
    dockerfile,
    notebook,
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
from debtscan.manifests.installs import installs
from debtscan.manifests.records import Manifest, Unread
from debtscan.source.python import PythonSource
from debtscan.source.text import TextSource


def _shell(text: str) -> Manifest | None:
    found, unread = installs(text)
    if not found and not unread:
        return None
    named = tuple(requirement for install in found for requirement in install.requirements)
    return Manifest(named, installs=tuple(found), unread=tuple(unread))


PARSERS: Mapping[str, Callable[[str], Manifest | None]] = {
    "requirements": requirements.parse,
    "constraints": requirements.parse_constraints,
    "pyproject": pyproject.parse,
    "setup_cfg": setup_cfg.parse,
    "pipfile": pipfile.parse,
    "pixi_toml": pixi.parse,
    "conda": conda.parse,
    "poetry_lock": poetry_lock.parse,
    "uv_lock": uv_lock.parse,
    "pdm_lock": pdm_lock.parse,
    "pipfile_lock": pipfile_lock.parse,
    "pylock": pylock.parse,
    "conda_lock": conda_lock.parse,
    "pixi_lock": pixi_lock.parse,
    "dockerfile": dockerfile.parse,
    "shell": _shell,
    "makefile": command_lines.parse,
    "workflow": command_lines.parse,
    "doc": command_lines.parse,
}
KINDS = frozenset(PARSERS) | {"python", "notebook"}
LOCK_KINDS = frozenset(kind for kind in PARSERS if kind.endswith("lock"))
COMMAND_KINDS = frozenset({"dockerfile", "shell", "makefile", "workflow", "doc", "notebook"})


def read(source: PythonSource | TextSource) -> Manifest | None:
    """Everything one file declares, locks and installs; None for nothing."""
    if isinstance(source, PythonSource):
        return notebook.parse(source) if source.notebook is not None else setup_py.parse(source)
    try:
        manifest = PARSERS[source.kind](source.text)
    except ValueError as error:
        return Manifest(unread=(Unread(str(error)),))
    return manifest if manifest is not None and manifest != Manifest() else None
