"""One line of progress on standard error, gone when the work is done; nothing where nobody watches."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from debtscan.scan import Progress


@contextmanager
def progress_line(quiet: bool) -> Iterator[Progress | None]:
    """A progress function for a terminal, None for a pipe or with `--quiet`."""
    if quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console  # 0.1 s that only a watched run pays
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn
    from rich.progress import Progress as RichProgress

    console = Console(stderr=True)
    columns = (TextColumn("  {task.description}"), BarColumn(), MofNCompleteColumn())
    with RichProgress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("Opening", total=None)

        def show(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total or None)

        yield show
