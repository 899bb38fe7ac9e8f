"""The contract's words as readers see them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from debtscan.model import Line, Report
from debtscan.text import shorten

NAME = 60
"""Letters of a repository's name in a sentence."""

CATEGORIES = {
    "environment": "Environment",
    "data": "Data",
    "pipelines": "Pipelines",
    "tests": "Tests",
    "notebooks": "Notebooks",
    "models": "Models",
    "reproducibility": "Reproducibility",
    "code": "Code",
    "vulnerabilities": "Known vulnerabilities",
    "organisation": "Across repositories",
}
REMEDY_KINDS = {"mechanical": "mechanical", "engineering": "engineering", "decision": "needs a decision"}


class IngredientWords(NamedTuple):
    """One thing a model is built from."""

    column: str
    missing: str
    """As part of a sentence: what is missing."""


INGREDIENTS = {
    "data": IngredientWords("Data", "its data"),
    "environment": IngredientWords("Environment", "its environment"),
    "code": IngredientWords("Code", "part of its code"),
    "weights": IngredientWords("Weights", "its starting weights"),
    "run": IngredientWords("How to run", "the command that trains it"),
    "randomness": IngredientWords("Randomness", "a seed"),
    "serving": IngredientWords("Serving", "the way to what is served"),
}
"""In the order of how much a missing one weighs."""
STATES = {"yes": "yes", "partly": "partly", "no": "no", "unknown": "not known"}

CHANNELS = {
    "change": "changes of this code",
    "break": "breaks from outside",
    "onboard": "people who start",
    "incident": "incidents",
}
SOURCES = {
    "A": "measured on your own fixes",
    "B": "from your own git history",
    "C": "from published work",
    "D": "from another ecosystem",
    "E": "our judgement, not measured",
}


def subject(report: Report) -> str:
    """What the report is about, as a sentence names it."""
    names = [repository.name for repository in report.repositories]
    return shorten(names[0], NAME) if len(names) == 1 else f"{len(names)} repositories"


def priced_categories(report: Report) -> list[Line]:
    """The categories with an estimate, dearest first."""
    lines = (line for line in report.by_category if line.estimates)
    return sorted(lines, key=lambda line: (-line.principal_hours_mean, line.key))


def listed(items: Sequence[str]) -> str:
    """The items as prose ("a", "a and b", "a, b and c")."""
    return " and ".join([", ".join(items[:-1]), items[-1]]) if len(items) > 1 else "".join(items)


def uncapital(sentence: str) -> str:
    """For the middle of a sentence; a name or an abbreviation at the start stays as it is."""
    return sentence if sentence[1:2].isupper() else sentence[:1].lower() + sentence[1:]


def capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def place(path: str | None, line: int | None = None, end_line: int | None = None, cell: int | None = None) -> str:
    """Where something lies ("train.py:1-212", "train.ipynb, cell 9, line 4"), or that it lies in no file."""
    if path is None:
        return "the repository as a whole"
    if cell is not None:
        return f"{path}, cell {cell}" + (f", line {line}" if line is not None else "")
    if line is None:
        return path
    return f"{path}:{line}-{end_line}" if end_line is not None and end_line > line else f"{path}:{line}"
