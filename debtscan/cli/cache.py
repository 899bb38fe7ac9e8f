"""Where the cache lies, and how to be rid of it."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import typer


def cache_directory(named: Path | None = None) -> Path:
    """`--cache`, else DEBTSCAN_CACHE, else the user's cache directory (XDG_CACHE_HOME)."""
    if named is not None:
        return named
    if own := os.environ.get("DEBTSCAN_CACHE"):
        return Path(own)
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "debtscan"


def run_size(named: Path | None) -> int:
    directory = cache_directory(named)
    size_bytes = sum(file.stat().st_size for file in directory.rglob("*") if file.is_file() and not file.is_symlink())
    typer.echo(f"{size_bytes / 1e6:.1f} MB in {directory}")
    return 0


def run_clear(named: Path | None) -> int:
    directory = cache_directory(named)
    for entry in sorted(directory.iterdir()) if directory.is_dir() else ():
        if entry.name in {"advisories", "clones"}:
            shutil.rmtree(entry)
        elif entry.name.startswith("blobs.sqlite"):
            entry.unlink()
    typer.echo(f"Cleared {directory}")
    return 0
