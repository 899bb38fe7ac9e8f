"""Snakemake: rules of a Snakefile, which is Python with blocks of its own.

https://snakemake.readthedocs.io/en/stable/snakefiles/rules.html
Only the blocks are read, by their indentation: what a rule reads, writes and runs as far as it is written as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from debtscan.commands.script import Script
from debtscan.pipelines.found import FoundStep, Run
from debtscan.pipelines.runs import runs, shown

_RULE = re.compile(r"^(?P<indent>\s*)(?:rule|checkpoint)\s*(?P<name>\w*)\s*:")
_DIRECTIVE = re.compile(
    r"^(?P<indent>\s+)(?P<name>input|output|shell|script|notebook|run|wrapper|params|log|threads|resources"
    r"|conda|container|singularity|message|benchmark|priority|envmodules|wildcard_constraints|group|shadow|cache|retries|localrule)\s*:(?P<rest>.*)$"
)
_STRING = re.compile(
    r"(?P<prefix>[rRbBfFuU]{0,2})(?:\"\"\"(?P<long>.*?)\"\"\"|'''(?P<raw>.*?)'''|\"(?P<double>(?:[^\"\\\n]|\\.)*)\"|'(?P<single>(?:[^'\\\n]|\\.)*)')",
    re.DOTALL,
)
_WILDCARD = re.compile(r"\{+[^{}]*\}+")
_MOST_LINES = 20_000


def steps(text: str) -> Iterator[FoundStep]:
    lines = text.split("\n")[:_MOST_LINES]
    at = 0
    while at < len(lines):
        match = _RULE.match(lines[at])
        if match is None:
            at += 1
            continue
        end = _end(lines, at + 1, len(match["indent"]))
        if (step := _rule(match["name"], lines, at, end)) is not None:
            yield step
        at = end


def _end(lines: list[str], at: int, indent: int) -> int:
    """The line after a block: the first that is indented no more than its head, outside of long strings."""
    quote = _opened(lines[at - 1])
    while at < len(lines):
        line = lines[at]
        if quote:
            quote = "" if quote in line else quote
            at += 1
            continue
        if line.strip() and not line.lstrip().startswith("#") and len(line) - len(line.lstrip()) <= indent:
            break
        quote = _opened(line)
        at += 1
    return at


def _opened(line: str) -> str:
    """The quotes of a long string that begins on a line and goes on in the next; empty for none."""
    return next((quote for quote in ('"""', "'''") if line.count(quote) % 2), "")


def _rule(name: str, lines: list[str], start: int, end: int) -> FoundStep | None:
    parts = dict(_parts(lines, start + 1, end))
    inputs, outputs = (_paths(parts.get(key, (0, ""))[1]) for key in ("input", "output"))
    found: list[Run] = []
    command = ""
    for key in ("script", "notebook"):
        if key in parts and (texts := _texts(parts[key][1])):
            line, path = parts[key][0], texts[0]
            command = f"{key}: {path}"
            found.append(Run("file", path, line, None, shown(command), executes_notebook=key == "notebook"))
    if "shell" in parts:
        line, body = parts["shell"]
        command = "".join(_texts(body))
        # what stands in braces is filled in by snakemake
        found += runs(Script(_WILDCARD.sub("$value", command), line), None)
    if not (found or inputs or outputs or command):
        return None
    return FoundStep(
        "snakemake",
        name,
        start + 1,
        runs=found,
        command=shown(command),
        inputs=inputs,
        outputs=outputs,
        templated="{" in command,
    )


def _parts(lines: list[str], at: int, end: int) -> Iterator[tuple[str, tuple[int, str]]]:
    """(directive, (line, its text)) of a rule."""
    while at < end:
        match = _DIRECTIVE.match(lines[at])
        if match is None:
            at += 1
            continue
        last = min(_end(lines, at + 1, len(match["indent"])), end)
        yield match["name"], (at + 1, "\n".join([match["rest"], *lines[at + 1 : last]]))
        at = last


def _texts(body: str) -> list[str]:
    found = _STRING.finditer(re.sub(r"(?m)^\s*#.*$", "", body))
    return [
        next(group for group in match.group("long", "raw", "double", "single") if group is not None) for match in found
    ]


def _paths(body: str) -> list[str]:
    """Paths, `*` for wildcards; texts that are no path (keys of `config`) are left out."""
    body = re.sub(r"(?:config|wildcards|params)\s*\[[^\]]*\]", "", body)
    found = [_WILDCARD.sub("*", text) for text in _texts(body)]
    return [path for path in found if "/" in path or "." in path][:100]
