"""The sample with hostile text in every place a repository can put text, and one with long names."""

from __future__ import annotations

from typing import Any, get_args

import msgspec
from sample_report import CHURN

from debtscan import model

PAYLOAD = "</script></style><img src=x onerror=alert(1)>\"'`{{7*7}}{% x %}&amp;\u202e\x00\x1b[31m\x9b\u2028\u2066\n"
WORDS = {
    word
    for alias in (model.Severity, model.Confidence, model.Stage, model.Category, model.RemedyKind, model.Channel)
    for word in get_args(alias)
} | {"none", "new_authors", "unit", "group", "repository", "component", "A", "B", "E", "EUR"}


FROM_THE_REPOSITORY = {
    "path",
    "message",
    "text",
    "name",
    "branch",
    "title",
    "detail",
    "root",
    "component",
    "repository",
}


def everywhere(tree: Any, change, key: str = "") -> Any:
    """The tree with every string changed, by its key, but for the contract's own words."""
    if isinstance(tree, dict):
        return {name: everywhere(value, change, name) for name, value in tree.items()}
    if isinstance(tree, list | tuple):
        return [everywhere(value, change, key) for value in tree]
    return change(key, tree) if isinstance(tree, str) and tree not in WORDS else tree


def changed(change) -> model.Report:
    return msgspec.convert(everywhere(msgspec.to_builtins(CHURN), change), model.Report)


def hostile(_: str, text: str) -> str:
    return f"{PAYLOAD}{text}"


def long(key: str, text: str) -> str:
    of_ours = text == "debtscan"
    return f"{'d' * 2000}/{text}/{'模' * 2000}" if key in FROM_THE_REPOSITORY and not of_ours else text


HOSTILE = changed(hostile)
LONG = changed(long)
