"""The demo's history as a `git fast-import` stream, read from `history.yaml`."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files

import yaml
from msgspec import Struct, convert, field

AUTHORS = {
    "jonas": "Jonas Weber <jonas.weber@example.com>",
    "maria": "Maria Keller <maria.keller@example.com>",
    "priya": "Priya Nair <priya.nair@example.com>",
    "tom": "Tom Lindqvist <tom.lindqvist@example.com>",
}


class Failure(Struct, forbid_unknown_fields=True):
    name: str
    says: str


class Cell(Struct, forbid_unknown_fields=True):
    """A Markdown cell has `text`; a code cell has `code` and the execution count it was saved with, `run`."""

    text: str = ""
    code: str | None = None
    run: int | None = None
    prints: str = ""
    fails: Failure | None = None


class Notebook(Struct, forbid_unknown_fields=True):
    python: str
    cells: list[Cell]


class Model(Struct, forbid_unknown_fields=True):
    path: str
    trees: int
    version: str


class Edit(Struct, rename={"old": "from", "new": "to"}, forbid_unknown_fields=True):
    old: str
    new: str


class Commit(Struct, forbid_unknown_fields=True):
    author: str
    at: datetime
    message: str
    copy: dict[str, str] = {}
    """New path -> path as it was before this commit."""
    write: dict[str, str] = {}
    notebooks: dict[str, Notebook] = {}
    model: Model | None = None
    edit: dict[str, list[Edit]] = field(default_factory=dict)


def fast_import() -> bytes:
    """Return the whole history of branch `main`, ready for `git fast-import`."""
    return b"".join(_stream(history()))


def history() -> list[Commit]:
    text = (files("debtscan.demo") / "history.yaml").read_bytes()
    return convert(yaml.load(text, yaml.CSafeLoader), list[Commit])


def _stream(commits: list[Commit]) -> Iterator[bytes]:
    tree: dict[str, bytes] = {}
    for commit in commits:
        changed = apply(commit, tree)
        tree |= changed
        who = f"{AUTHORS[commit.author]} {commit.at.timestamp():.0f} {commit.at:%z}"
        yield f"commit refs/heads/main\nauthor {who}\ncommitter {who}\n".encode()
        yield _data(commit.message.encode())
        for path in sorted(changed):
            yield f"M 100644 inline {path}\n".encode() + _data(changed[path])
    yield b"done\n"


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


def apply(commit: Commit, tree: dict[str, bytes]) -> dict[str, bytes]:
    """Return the files a commit leaves changed, by path; an edit must match exactly once (ValueError)."""
    changed = {new: tree[old] for new, old in commit.copy.items()}
    changed |= {path: text.encode() for path, text in commit.write.items()}
    changed |= {path: notebook_bytes(notebook) for path, notebook in commit.notebooks.items()}
    if commit.model:
        changed[commit.model.path] = model_bytes(commit.model)
    for path, edits in commit.edit.items():
        changed[path] = _edited(path, (changed.get(path) or tree[path]).decode(), edits).encode()
    return changed


def _edited(path: str, text: str, edits: list[Edit]) -> str:
    for edit in edits:
        if text.count(edit.old) != 1:
            raise ValueError(f"{path}: {edit.old!r} occurs {text.count(edit.old)} times, want 1")
        text = text.replace(edit.old, edit.new)
    return text


def notebook_bytes(notebook: Notebook) -> bytes:
    """Return the notebook in format 4.5's older sibling 4.4, indented as Jupyter saves it."""
    document = {
        "cells": [_cell(cell) for cell in notebook.cells],
        "metadata": {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python", "version": notebook.python},
        },
        "nbformat": 4,
        "nbformat_minor": 4,
    }
    return json.dumps(document, indent=1).encode() + b"\n"


def _cell(cell: Cell) -> dict[str, object]:
    if cell.code is None:
        return {"cell_type": "markdown", "metadata": {}, "source": _lines(cell.text)}
    outputs: list[dict[str, object]] = []
    if cell.prints:
        outputs.append({"name": "stdout", "output_type": "stream", "text": _lines(cell.prints)})
    if cell.fails:
        outputs.append(
            {
                "ename": cell.fails.name,
                "evalue": cell.fails.says,
                "output_type": "error",
                "traceback": [cell.fails.name],
            }
        )
    return {
        "cell_type": "code",
        "execution_count": cell.run,
        "metadata": {},
        "outputs": outputs,
        "source": _lines(cell.code.rstrip("\n")),
    }


def _lines(text: str) -> list[str]:
    return text.rstrip("\n").splitlines(keepends=True)


def model_bytes(model: Model) -> bytes:
    """Return a pickle that names a scikit-learn class and holds plain numbers; loading it would run nothing else."""
    state = {
        "n_estimators": model.trees,
        "thresholds_": [((tree * 37) % 101) / 101 for tree in range(model.trees)],
        "_sklearn_version": model.version,
    }
    # Protocol 2 by hand, as the class is not to be imported: GLOBAL, empty tuple, NEWOBJ, the state, BUILD, STOP.
    name = b"csklearn.ensemble._forest\nRandomForestClassifier\n"
    return b"\x80\x02" + name + b")\x81" + pickle.dumps(state, protocol=2)[2:-1] + b"b."
