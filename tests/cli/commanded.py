"""Run the command line in this process and look at what came out."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from debtscan.cli.run import run

AS_OF = ("--as-of", "2026-11-01")


def scan(target: Path | str, out: Path, *options: str) -> tuple[int, dict]:
    """Exit code and report of a scan of one target."""
    report = out / "report.json"
    code = run(["scan", str(target), "-o", str(report), *AS_OF, "--cache", str(out / "cache"), "-q", *options])
    return code, json.loads(report.read_bytes()) if report.exists() else {}


def commit(
    folder: Path, message: str = "Change", date: str = "2026-10-01T12:00:00Z", author: str = "Ada <ada@example.com>"
) -> None:
    """Commit everything in a folder, making it a repository if need be."""
    name, _, address = author.rstrip(">").partition(" <")
    identity = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", name), ("EMAIL", address), ("DATE", date))
    }
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1", **identity}
    for command in (
        ["init", "-q", "-b", "main"],
        ["add", "-A", "-f"],
        ["commit", "-q", "--allow-empty", "-m", message],
    ):
        subprocess.run(["git", *command], cwd=folder, env=environment, check=True)
