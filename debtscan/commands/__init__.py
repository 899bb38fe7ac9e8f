"""Commands: what the files of a repository have a shell execute, wherever it stands, as shell text with its place.

One reader a format, in a module of its own; `shell` cuts the text into commands and words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from debtscan.commands import dockerfile, makefile, notebook, nox, snakefile, tox, workflow
from debtscan.commands.script import Script
from debtscan.source.python import PythonSource
from debtscan.source.text import TextSource


def _whole(text: str) -> Iterable[Script]:
    return [Script(text, 1)]


_READERS: Mapping[str, Callable[[str], Iterable[Script]]] = {
    "dockerfile": dockerfile.scripts,
    "makefile": makefile.scripts,
    "shell": _whole,
    "snakefile": snakefile.scripts,
    "tox": tox.scripts,
    "workflow": workflow.scripts,
}


def scripts(source: PythonSource | TextSource) -> Iterable[Script]:
    """The shell text of a file, in order; nothing for kinds that run nothing. Raises ValueError for damaged YAML."""
    if isinstance(source, PythonSource):
        return notebook.scripts(source.cells) if source.notebook is not None else nox.scripts(source)
    reader = _READERS.get(source.kind)
    return reader(source.text) if reader else ()


__all__ = ["Script", "scripts"]
