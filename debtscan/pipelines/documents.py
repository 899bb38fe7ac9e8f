"""Commands and named files in a document: Markdown, reStructuredText, and the Markdown cells of a notebook.

A command stands in a block of code for a shell, behind a prompt, or in backticks when it begins like one. Everything
else that names a file only mentions it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from debtscan.commands.script import Script
from debtscan.pipelines.found import FoundStep, Mention
from debtscan.pipelines.placeholders import assigned, marked
from debtscan.pipelines.runs import folder_after, runs

_MAX_LINES = 3_000
_MAX_LINE = 2_000
_MAX_MENTIONS = 300
_FENCE = re.compile(r"^\s*(?:>\s*)?(?:[-*]\s+|\d+\.\s+)?(?P<fence>`{3,}|~{3,})\s*\{?\.?(?P<language>[\w+-]*)")
_DIRECTIVE = re.compile(
    r"^(?P<indent>\s*)(?:\.\.\s+(?:code-block|code|sourcecode|prompt|tab)::\s*(?P<language>\w*)|.*(?<!:)::\s*$)"
)
_SHELLS = frozenset(
    {"", "bash", "sh", "shell", "zsh", "console", "terminal", "shellsession", "bat", "cmd", "powershell", "text", "txt"}
    | {"batch", "ps1", "none", "plaintext", "session", "prompt", "commandline", "command", "linux", "bash-session"}
    | {"shell-session", "fish", "ps", "tsch", "ksh", "plain", "codeblock", "code", "unix", "ssh", "console-session"}
)
_SURE = frozenset(
    {"bash", "sh", "shell", "zsh", "console", "shellsession", "terminal", "shell-session", "bash-session"}
)
_PROMPT = re.compile(
    r"^\s*(?:\([\w.@: /-]+\)\s*)?(?:[\w.-]+@[\w.-]+[:\s][^$#%>]{0,60})?(?P<prompt>[$%\u276f\u279c]|>(?!>)|PS [^>]*>|C:[^>]*>)\s+(?=\S)|^\s*!\s*(?=\w)"
)
_STARTS = re.compile(
    r"^\s*(?:sudo\s+|nohup\s+|time\s+)?(?:[A-Z_][A-Z0-9_]*=\S*\s+)*(?:(?:\S*/)?(?:python|ipython)[\d.]*(?:\.exe)?|torchrun|deepspeed|accelerate"
    r"|papermill|jupyter|dvc|make|mlflow|snakemake|kedro|bash|sh|zsh|uv|poetry|pipenv|pdm|hatch|rye|pixi|conda|streamlit|uvicorn"
    r"|gunicorn|spark-submit|srun|sbatch|mpirun|mpiexec|horovodrun|docker|Rscript|julia|fastapi|bentoml|cd|export"
    r"|source|\.{0,2}/\S+\.(?:sh|py)|\S+\.sh|modal|chainlit|marimo|env|composer|ray)\s+\S"
)
_MAYBE = re.compile(r"^\s*(?:(?:export\s+)?[A-Za-z_]\w*=\S|[a-z][a-z0-9]*(?:[-_][a-z0-9]+)+(?:\s|$))")
"""Sets a variable, or has the name of a console script in front."""
_TELLS = re.compile(
    r"python|torchrun|deepspeed|accelerate|papermill|jupyter|\bdvc\b|\bmake\b|mlflow|snakemake|kedro|\.sh\b|\buv\b|poetry"
    r"|pipenv|streamlit|uvicorn|gunicorn|spark-submit|sbatch|mpirun|\.py\b|\.ipynb\b|Rscript|\brun\b|train"
)
_INLINE = re.compile(
    r"(?<!`)`(?P<code>[^`\n]{3,400})`(?!`)|(?P<ticks>`{2,3})(?P<double>[^`\n]{3,400})(?P=ticks)|<code>(?P<html>[^<\n]{3,400})</code>"
)
_NAMED = re.compile(r"(?<![\w./+-])(?P<path>(?:\.{1,2}/)?(?:[\w.+-]+/)*[\w.+-]+\.(?:py|ipynb|sh))(?![\w/])")
_LINKED = re.compile(
    r"(?:https?://(?:github\.com|gitlab\.com|colab\.research\.google\.com/github|nbviewer\.\S+?/github|nbviewer\.org/github)/[\w.-]+/[\w.-]+/"
    r"(?:-/)?(?:blob|tree|raw)/[\w.-]+/)(?P<path>[\w./%+-]+\.(?:py|ipynb|sh))"
)
_START = re.compile(
    r"\brun (all|every|each|the|these|this) (of )?(the )?(cells?|notebook)|\bexecute (all|the|this|these) (the )?(cells?|notebook)"
    r"|\bRun all\b|\brestart (and|&) run all|\bbefore (running|you run) this notebook|\bthis notebook (should|must|has to) be run",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://\S+")


def commands_in(lines: Sequence[str], cell: int | None = None) -> Iterator[FoundStep]:
    """The steps that a document writes down as commands."""
    lines = lines[:_MAX_LINES]
    text = "\n".join(lines)
    if not _TELLS.search(text):
        return
    section = ""
    folder = ""
    known = assigned(text) if "$" in text else frozenset()
    for script, heading in _scripts(lines, cell):
        section = heading or section
        found = list(runs(script, known, folder))
        folder = found[-1].folder if found else folder_after(script, folder)
        for run in found:
            yield FoundStep("readme", section, run.line, cell, runs=[run], command=run.text)


def mentions_in(lines: Sequence[str], cell: int | None = None) -> list[Mention]:
    """Scripts and notebooks that a document names outside of commands, each once."""
    found: dict[str, Mention] = {}
    for number, line in enumerate(lines[:_MAX_LINES], 1):
        if ".py" not in line and ".ipynb" not in line and ".sh" not in line:
            continue
        short = line[:_MAX_LINE]
        linked = [match["path"] for match in _LINKED.finditer(short)]
        for path in (*linked, *(match["path"] for match in _NAMED.finditer(_URL.sub(" ", short)))):
            if len(found) < _MAX_MENTIONS:
                found.setdefault(path, Mention(path, number, cell))
    return list(found.values())


def says_how_to_start(lines: Sequence[str]) -> int | None:
    """The line on which a notebook's own text says how it is run; None where it does not."""
    return next((number for number, line in enumerate(lines, 1) if _START.search(line[:_MAX_LINE])), None)


def _scripts(lines: Sequence[str], cell: int | None) -> Iterator[tuple[Script, str]]:
    """(shell text, heading above it) of every piece of a document that may be commands."""
    heading = ""
    at = 0
    lines = [line[:_MAX_LINE] for line in lines[:_MAX_LINES]]
    while at < len(lines):
        line = lines[at]
        if (match := _FENCE.match(line)) and "`" not in line[match.end() :]:
            end = _end_of_fence(lines, at, match["fence"])
            if match["language"].lower() in _SHELLS:
                yield from _block(lines[at + 1 : end], at + 2, cell, heading, sure=match["language"].lower() in _SURE)
            at = end + 1
            continue
        if (match := _DIRECTIVE.match(line)) and (match["language"] or "").lower() in _SHELLS:
            end = _end_of_indented(lines, at + 1, len(match["indent"] or ""))
            yield from _block(lines[at + 1 : end], at + 2, cell, heading, sure=(match["language"] or "") in _SURE)
            at = max(end, at + 1)
            continue
        heading = (_heading(lines, at) if line.strip() else "") or heading
        if line.startswith(("    ", "\t")) or _PROMPT.match(line):
            end = _end_of_indented(lines, at, 3) if line.startswith(("    ", "\t")) else at + 1
            yield from _block(lines[at:end], at + 1, cell, heading, sure=False)
            at = max(end, at + 1)
            continue
        for match in _INLINE.finditer(line):
            code = match["code"] or match["double"] or match["html"]
            if _STARTS.match(code) or _PROMPT.match(code):
                yield Script(marked(_PROMPT.sub("", code, count=1)), at + 1, cell), heading
        at += 1


def _heading(lines: Sequence[str], at: int) -> str:
    line = lines[at].strip()
    if line.startswith("#"):
        return line.lstrip("#").strip()[:80]
    following = lines[at + 1].strip() if at + 1 < len(lines) else ""
    underlined = len(following) >= 3 and set(following) <= set("=-~^") and len(set(following)) == 1
    return line[:80] if underlined and line and len(following) >= len(line) - 2 else ""


def _end_of_fence(lines: Sequence[str], at: int, fence: str) -> int:
    for end in range(at + 1, len(lines)):
        stripped = lines[end].strip().removeprefix(">").strip()
        if stripped.startswith(fence[0] * 3) and set(stripped) == {fence[0]} and len(stripped) >= len(fence):
            return end
    return len(lines)


def _end_of_indented(lines: Sequence[str], at: int, indent: int) -> int:
    end = at
    while end < len(lines):
        line = lines[end].expandtabs(4)
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        end += 1
    return end


def _block(
    lines: Sequence[str], first: int, cell: int | None, heading: str, *, sure: bool
) -> Iterator[tuple[Script, str]]:
    """A block of code as one script: only what stands behind prompts if there are any, else what looks like commands."""
    prompted = any(_PROMPT.match(line) for line in lines)
    kept: list[str] = []
    continued = False
    for written in lines:
        line = written.removeprefix(">") if written.startswith("> ") and not prompted else written
        if continued:
            kept.append(line)
        elif prompted and _PROMPT.match(line):
            kept.append(_PROMPT.sub("", line, count=1))
        elif not prompted and (sure or _STARTS.match(line) or _MAYBE.match(line)):
            kept.append(line)
        else:
            kept.append("")
        continued = bool(kept[-1]) and kept[-1].rstrip().endswith(("\\", "^"))
    text = marked("\n".join(line[:-1] + "\\" if line.rstrip().endswith("^") and sure else line for line in kept))
    if text.strip():
        yield Script(text, first, cell), heading
