"""Texts with holes: what is known of a string before the program runs, and the arithmetic of paths on it.

Marks are private characters, which no real path holds. A text may begin at the folder of its own file (where it was
built from `__file__`), and may name a constant of another module, a parameter or a setting, to be filled in by whoever
knows that module, the calls of the function, or the files of settings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Literal, NamedTuple, TypeAlias, get_args

HOLE = "\ue000"
"""Stands for a part that is not known."""
HERE = "\ue001"
"""Stands, at the beginning, for the folder of the file that holds the expression."""
NAME_OPENS, NAME_CLOSES = "\ue002", "\ue003"
"""Enclose the dotted name of a constant imported from another module."""
NAME = re.compile(f"{NAME_OPENS}([^{NAME_CLOSES}]*){NAME_CLOSES}")
ASK_OPENS, ASK_CLOSES = "\ue004", "\ue005"
"""Enclose what only others tell: `function:parameter`, or `:dotted.key` of a setting."""
How: TypeAlias = Literal[
    "literal", "const", "join", "format", "argument", "config", "default", "handle", "runtime", "unknown"
]
"""How a text came about, weakest evidence last: a text made in several ways has the weakest of them.

runtime: an option without default, an argument of the process or its environment; no file tells it.
"""
MAX_CHARACTERS = 500

_RANK: dict[str, int] = {how: rank for rank, how in enumerate(get_args(How))}
_PERCENT = re.compile(r"%(?:\((?P<key>\w+)\))?[-+ #0]*[\d*]*(?:\.\d+)?[diouxXeEfFgGcrs%]")
_BRACES = re.compile(r"\{(?P<key>[^{}:!]*)(?:![rsa])?(?::[^{}]*)?\}")
_HOLES = re.compile(f"{HOLE}+")
_ASKED = re.compile(f"{ASK_OPENS}([^{ASK_OPENS}{ASK_CLOSES}]*){ASK_CLOSES}")
_ABSOLUTE = ("/", HERE, NAME_OPENS)


class Text(NamedTuple):
    """A text and how it came about; a single hole, `unknown`, where nothing is told."""

    text: str
    how: How

    @property
    def rooted(self) -> bool:
        """Whether its beginning is known."""
        return bool(self.text) and not self.text.startswith((HOLE, ASK_OPENS))

    @property
    def told(self) -> bool:
        """Whether anything of it is known."""
        return bool(_ASKED.sub("", self.text).strip(f"{HOLE}/"))

    def but(self, how: How) -> Text:
        """The same text, made in one more way."""
        return Text(self.text, max(how, self.how, key=_RANK.__getitem__))


UNKNOWN = Text(HOLE, "unknown")


def concatenated(parts: Sequence[Text]) -> Text:
    return _made("".join(part.text for part in parts), "format", parts)


def joined(parts: Sequence[Text]) -> Text:
    """Join as `os.path.join` does: an absolute part drops what stands before it."""
    text = ""
    for part in parts:
        if part.text.startswith(_ABSOLUTE) or not text:
            text = part.text
        elif part.text:
            text = f"{text.rstrip('/')}/{part.text}"
    return _made(text, parts[0].how if len(parts) == 1 else "join", parts)


def _made(text: str, how: How, parts: Sequence[Text]) -> Text:
    text = _HOLES.sub(HOLE, text)[:MAX_CHARACTERS]
    if not text.strip(f"{HOLE}/") and text != "/":
        return Text(HOLE, "runtime") if any(part.how == "runtime" for part in parts) else UNKNOWN
    return Text(text, max([how, *(part.how for part in parts if part != UNKNOWN)], key=_RANK.__getitem__))


def parent(inner: Text) -> Text:
    """The folder a path lies in; of the folder of a file itself, the one above."""
    text = inner.text.rstrip("/")
    head, slash, last = text.rpartition("/")
    if last in {HERE, "..", "."} or last.startswith((NAME_OPENS, ASK_OPENS)):
        return Text(f"{text}/..", "join")
    if slash:
        return Text(head or "/", "join")
    return UNKNOWN if HOLE in text else Text(".", "join")


def percent(template: Text, value: Callable[[str | None], str]) -> Text:
    """Fill a `%` template; `value` is asked for a name, or with None for the next value."""
    filled = _PERCENT.sub(lambda match: "%" if match[0] == "%%" else value(match["key"]), template.text)
    return Text(_HOLES.sub(HOLE, filled)[:MAX_CHARACTERS], "format").but(template.how)


def braces(template: Text, value: Callable[[str], str]) -> Text:
    """Fill the template of `str.format`; `value` is asked for a name, a number, or "" for the next value."""
    filled = _BRACES.sub(lambda match: value(match["key"]), template.text)
    return Text(_HOLES.sub(HOLE, filled)[:MAX_CHARACTERS], "format").but(template.how)


def asked(text: str) -> list[str]:
    """What others have to tell of a text, in order and once each."""
    return list(dict.fromkeys(_ASKED.findall(text)))


def answered(text: str, answers: Mapping[str, str]) -> str:
    """The text with what is known filled in and a hole for the rest; an absolute answer drops what stands before it."""
    parts = _ASKED.split(text)
    found = parts[0]
    for question, behind in zip(parts[1::2], parts[2::2], strict=True):
        answer = answers.get(question, HOLE)
        found = answer if answer.startswith(_ABSOLUTE) and found.endswith("/") else f"{found}{answer}"
        found += behind
    return _HOLES.sub(HOLE, found)[:MAX_CHARACTERS]


def member_of(text: str, attribute: str) -> str | None:
    """An attribute of what a text stands for as a whole: a name of another module, or an answer of others."""
    for closes in (NAME_CLOSES, ASK_CLOSES):
        if text.endswith(closes) and text.find(closes) == len(text) - 1 and text.startswith((NAME_OPENS, ASK_OPENS)):
            return f"{text[:-1]}.{attribute}{closes}"
    return None
