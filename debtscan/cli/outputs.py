"""Reports written to files: the suffix chooses the format, a half-written file never stays."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from debtscan.errors import UserError
from debtscan.model import Report

DEFAULT_OUTPUTS = (Path("debtscan-report.html"), Path("debtscan-report.json"))


def renderer(path: Path) -> Callable[[Report], bytes]:
    """The format for a file name. Raises UserError for a suffix nobody writes."""
    if path.suffix == ".json":
        from debtscan.formats.json import render as render_json

        return render_json
    if path.suffix in {".html", ".htm"}:
        from debtscan.formats.html import render as render_html  # jinja2

        return render_html
    raise UserError(f"{path}: no such format; want a name ending in .html or .json")


def write_reports(report: Report, outputs: Sequence[Path]) -> list[tuple[Path, int]]:
    """Render every output first, then write them all; return each with its size in bytes."""
    rendered = [(path, renderer(path)(report)) for path in outputs]
    for path, data in rendered:
        write_file(path, data)
    return [(path, len(data)) for path, data in rendered]


def write_file(path: Path, data: bytes) -> None:
    """Write beside the target and move into place."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    try:
        unfinished.write_bytes(data)
        unfinished.replace(path)
    except OSError as error:
        unfinished.unlink(missing_ok=True)
        raise UserError(f"{path}: cannot be written: {error.strerror}") from error


def read_report(path: Path) -> Report:
    """Load a saved report. Raises UserError."""
    from debtscan.formats.json import load

    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise UserError(f"No {path} here. Make one: debtscan scan PATH") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read: {error.strerror}") from error
    return load(data, path.name)


def run_render(report: Path, outputs: Sequence[Path]) -> int:
    write_reports(read_report(report), outputs)
    return 0
