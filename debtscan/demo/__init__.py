"""An invented repository with real-looking debt, to try debtscan on: README.md beside this file lists what is wrong.

`history.yaml` tells the story commit by commit; `stream` turns it into what `git fast-import` reads. Nothing is drawn at
random and no clock is read, so the commit hashes are the same everywhere.
"""

from __future__ import annotations

from datetime import date
from hashlib import blake2b
from pathlib import Path

from debtscan.demo.customers import export
from debtscan.demo.stream import fast_import
from debtscan.repository.create import create

AS_OF = date(2026, 11, 1)
"""The day the story ends; rates per month are counted back from here."""


def build(path: Path) -> None:
    """Write the demo's work tree to `path`, new or empty (else UserError); one that lies there already is kept."""
    stream = fast_import()
    digest = blake2b(stream, digest_size=8).hexdigest()
    mark = path / ".git" / "debtscan-demo"
    if mark.is_file() and mark.read_text() == digest:
        return
    create(path, stream)
    (path / "data").mkdir()
    (path / "data" / "customers.csv").write_text(export(), encoding="utf-8")
    mark.write_text(digest)
