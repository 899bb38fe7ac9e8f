"""Run the examples inside a rule file: real files through scanners and rule together."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import msgspec

from debtscan.advisories.source import Advisories, indexed
from debtscan.audit.audited import judge, measure
from debtscan.facts.engine import Engine
from debtscan.repository import open_target
from debtscan.repository.create import create
from debtscan.rulebook.asking import Asking
from debtscan.rulebook.examples import example_error
from debtscan.rulebook.records import Commit, Example, Rulebook, RuleFile
from debtscan.settings import Statements

AS_OF = date(2026, 11, 1)
_MOMENT = 1_793_577_599


def run_examples(file: RuleFile, engine: Engine | None = None) -> Iterator[str]:
    """What does not hold, one sentence an example."""
    if engine is None:
        with Engine() as own:
            yield from run_examples(file, own)
        return
    book = Rulebook(files=(file,), digest="")
    for example in file.examples:
        with tempfile.TemporaryDirectory(prefix="debtscan-example-") as folder:
            error = _run(example, book, engine, Path(folder) / "example")
        if error:
            yield error


def _run(example: Example, book: Rulebook, engine: Engine, folder: Path) -> str | None:
    _build(example, folder)
    with (
        _advisories(example, folder.with_name("advisories")) as advisories,
        open_target(str(folder)) as repository,
        Asking(engine, book.rules) as asking,
    ):
        filled = partial(asking.fill, repository.name)
        measured = measure(repository, Statements(), _MOMENT, None, None, None, filled, advisories)
        judged = judge(measured, asking, Statements(), AS_OF)
    if judged.not_run:
        return f"{example.name}: not run: {judged.not_run[0].why}"
    return example_error(example, judged.findings)


def _advisories(example: Example, folder: Path) -> AbstractContextManager[Advisories | None]:
    """The example's own records, indexed as a folder of an auditor would be."""
    if not example.advisories:
        return nullcontext()
    folder.mkdir()
    for number, record in enumerate(example.advisories):
        (folder / f"{number}.json").write_bytes(msgspec.json.encode(record))
    return indexed(folder, None)


def _build(example: Example, folder: Path) -> None:
    if example.history:
        create(folder, b"".join(_stream(example)))
        return
    for path, text in example.files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)


def _stream(example: Example) -> Iterator[bytes]:
    """The example's commits for `git fast-import`; its `files` are the last one."""
    last = Commit(files=dict(example.files), date=AS_OF.isoformat())
    for commit in (*example.history, *([last] if example.files else [])):
        at = int(datetime.fromisoformat(commit.date).replace(tzinfo=UTC).timestamp())
        yield b"commit refs/heads/main\ncommitter Example <example@example.com> %d +0000\n" % at
        yield _data(commit.message or "Change")
        for path, text in sorted(commit.files.items()):
            yield f"D {path}\n".encode() if text is None else f"M 100644 inline {path}\n".encode() + _data(text)
    yield b"done\n"


def _data(text: str) -> bytes:
    content = text.encode()
    return b"data %d\n%s\n" % (len(content), content)
