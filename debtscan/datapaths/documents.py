"""Documents: what their commands fetch, and the names of data in prose that says where data come from."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from debtscan.commands import Script
from debtscan.datapaths.commands import commands_in
from debtscan.datapaths.found import Commands
from debtscan.datapaths.words import ANY, sorted_words, telling_parts

_SOURCES = re.compile(r"\b(data ?sets?|corpus|corpora|download(ed|able)?|kaggle|zenodo|figshare|uci)\b")
_GUIDANCE = re.compile(
    r"download.{0,60}\b(data|corpus|corpora|images?|dumps?|archives?)|\b(data|corpus)\w*\b.{0,80}\bdownload"
    r"|kaggle\.com/(c|competitions|datasets|\w+/)|zenodo\.org/record|figshare\.com|archive\.ics\.uci\.edu"
    r"|\b(data|corpus)\w*\b.{0,80}\b(available|hosted|found|obtained|obtain|get|got|taken|comes?)\b.{0,20}\b(at|from|on|here|in)\b"
)
"""Prose in lower case that tells a person where to get data from."""
_FILE_NAME = re.compile(
    # both begin where a run of such characters begins: tried nowhere else, long runs cost no square of their length
    r"(?<![\w./-])(?:"
    r"[\w./-]*\w\.(?:csv|tsv|parquet|jsonl?|npy|npz|h5|hdf5|xlsx?|zip|tar|gz|tgz|pkl|pickle|txt|feather|arff|mat|tfrecords?)\b"
    r"|(?<!:)[\w.-]+(?:/[\w.-]+)+/?)"
)
_FENCE = re.compile(r"^\s*(```|~~~)")
_PROMPT = re.compile(r"^\s*[$%>!] ?")
_MAX_PROSE, _MAX_LINE = 800, 300
"""Lines of a document, and characters of a line, in which names of data are looked for."""


_QUOTED = re.compile(r"`([^`]+)`")


def document_in(lines: Sequence[str]) -> Commands:
    """What the commands in a document fetch, make and mount, and what its prose names as data."""
    found = commands_in(_code_in(lines), lambda _cell, line: lines[line - 1].strip())
    # what a document tells a reader to do is nothing that this repository does
    return Commands(found.fetched, found.made, mentions_in(lines), found.mounted)


def _code_in(lines: Sequence[str]) -> Iterator[Script]:
    """Code in Markdown or reStructuredText: fenced, indented, after a prompt, or in backticks."""
    block: list[str] = []
    fenced = False
    for number, line in enumerate(lines, 1):
        quoted = "`" in line
        if (quoted or "~" in line) and _FENCE.match(line):
            fenced = not fenced
        elif fenced or line.startswith(("    ", "\t", "$")):
            block.append(_PROMPT.sub("", line))
            continue
        elif quoted:
            yield from (Script(code, number) for code in _QUOTED.findall(line))
        if block:
            yield Script("\n".join(block), number - len(block))
            block = []
    if block:
        yield Script("\n".join(block), len(lines) - len(block) + 1)


def _has_link(line: str) -> bool:
    return "](" in line or "http://" in line or "https://" in line


def mentions_in(lines: Sequence[str]) -> list[str]:
    """Names of files and folders in prose that says where data come from; `*` where it tells how to get them."""
    lines = [line[:_MAX_LINE] for line in lines[:_MAX_PROSE]]
    linked = "\n".join(line.lower() for line in lines if _has_link(line))
    if not _SOURCES.search(linked):
        return []
    words = {word for line in lines for word in line.split() if "." in word or "/" in word}
    named = {match[0] for word in words for match in _FILE_NAME.finditer(word)}
    names = {part for name in named for part in telling_parts(name)}
    return sorted_words(names | {ANY} if _GUIDANCE.search(linked) else names)
