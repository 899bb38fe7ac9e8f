"""Invented OSV records, and folders and zips of them."""

from __future__ import annotations

import json
import zipfile
from collections.abc import Sequence
from pathlib import Path


def record(
    id_: str = "PYSEC-2026-1",
    name: str = "demo",
    events: Sequence[dict] = ({"introduced": "0"}, {"fixed": "1.4.2"}),
    versions: Sequence[str] = (),
    **others: object,
) -> dict:
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}] if events else []
    affected = {"package": {"ecosystem": "PyPI", "name": name}, "ranges": ranges, "versions": list(versions)}
    return {"id": id_, "modified": "2026-10-01T08:00:00Z", "affected": [affected], **others}


def write_folder(folder: Path, *records: dict) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number, written in enumerate(records):
        (folder / f"{number}.json").write_text(json.dumps(written))
    return folder


def write_zip(path: Path, *records: dict) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, written in enumerate(records):
            archive.writestr(f"PyPI/{number}.json", json.dumps(written))
    return path
