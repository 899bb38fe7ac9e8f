"""Shell text cut into commands and words, each with its line: what scripts, images and notebooks execute.

Quotes, comments, continued lines and the operators `&& || ; | &` are understood; expansion is not done, and control
words (`if`, `then`, `for`) are dropped from the front of a command. Good enough to see what is called with what.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

MAX_CHARACTERS = 400_000

_TOKEN = re.compile(
    r"(?P<continued>\\\r?\n)"
    r"|(?P<blank>[ \t\r]+)"
    r"|(?P<end>\n|&&|\|\||;;?|\||&(?!>))"
    r"|(?P<group>[()])"
    r"|(?P<substitution>\$\([^()\n]*\))"
    r"|(?P<quoted>'[^']*'|\"(?:[^\"\\]|\\.)*\")"
    r"|(?P<escaped>\\.)"
    # `>=` is a version, written without the quotes that the shell would need
    r"|(?P<redirection>\d?>>?(?!=)&?|<(?!=)<?-?)"
    r"|(?P<plain>(?:[^\s\\'\"|&;()<>$]|\$(?!\())+|.)",
    re.DOTALL,
)
_COMMENT = re.compile(r"#[^\n]*")
_CONTROL = frozenset(
    {"if", "then", "else", "elif", "do", "while", "until", "!", "{", "}", "fi", "done", "time", "exec"}
)
_TO_FILE = frozenset({">", ">>", "1>", "1>>"})
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*\+?=")


class Word(NamedTuple):
    text: str
    line: int


Command = list[Word]


def commands(text: str, first_line: int = 1, *, outputs: bool = False) -> Iterator[Command]:
    """The commands of a script in order, without leading assignments (`A=b cmd`) and control words.

    With `outputs` a file that standard output goes to is a word of its own, behind a `>`.
    """
    for words in _split(text[:MAX_CHARACTERS], first_line, outputs=outputs):
        start = 0
        while start < len(words) and (words[start].text in _CONTROL or _ASSIGNMENT.match(words[start].text)):
            start += 1
        if words[start:]:
            yield words[start:]


def _split(text: str, line: int, *, outputs: bool) -> Iterator[Command]:
    words: Command = []
    word, word_line = "", line
    redirected, to_file, at = False, False, 0
    while at < len(text):
        if not word and text[at] == "#" and (match := _COMMENT.match(text, at)):
            at = match.end()
            continue
        token = _TOKEN.match(text, at)
        assert token is not None
        at, kind, value = token.end(), token.lastgroup, token[0]
        if kind in {"blank", "continued", "end", "group", "redirection"}:
            if word and (not redirected or to_file):
                words.append(Word(f">{word}" if redirected else word, word_line))
            if kind == "redirection":
                to_file = outputs and value in _TO_FILE
            redirected = (redirected and not word) or kind == "redirection"
            word = ""
            line += value.count("\n")
            if kind in {"end", "group"}:
                redirected = False
                if words:
                    yield words
                words = []
            continue
        if not word:
            word_line = line
        word += value[1:-1] if kind == "quoted" else value[1:] if kind == "escaped" else value
        line += value.count("\n")
    if word and (not redirected or to_file):
        words.append(Word(f">{word}" if redirected else word, word_line))
    if words:
        yield words
