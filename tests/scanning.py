"""Scan a handful of files in this process, for tests of scanners and rules."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from debtscan.repository import open_target
from debtscan.scan import Facts, scan

AS_OF = 1_793_491_200
"""1 November 2026, 00:00 UTC."""


def write_files(root: Path, files: Mapping[str, str | bytes]) -> Path:
    for path, content in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def scan_folder(root: Path) -> Facts:
    with open_target(str(root)) as repository:
        return scan(repository, AS_OF)


def scan_files(root: Path, files: Mapping[str, str | bytes]) -> Mapping[str, Sequence[Struct]]:
    """The fact tables of a plain folder that holds just these files."""
    return scan_folder(write_files(root, files)).tables


def git(folder: Path, *arguments: str) -> None:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


def commit(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    folder.mkdir(parents=True)
    git(folder, "init", "-q")
    write_files(folder, files)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "x")
    return folder
