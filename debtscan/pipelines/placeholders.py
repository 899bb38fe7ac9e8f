"""Tell a command that can be typed as it stands from a template with parts to fill in."""

from __future__ import annotations

import re
from collections.abc import Set

from debtscan.pipelines.found import PLACEHOLDER_CLOSES, PLACEHOLDER_OPENS

_ANGLE = re.compile(r"(?<!<)<(?P<name>[^\s<>|&;=\"'()-][^<>|&;\n\"']{0,80})>")
_PLACE = re.compile(
    rf"{PLACEHOLDER_OPENS}|(?<![\w.])/?path/to(/|\b)|(?:^|[\s=/'\"])(?:\.\.\.|…)(?:[\s/'\"]|$)"
    r"|\byour[-_]\w+|\bmy[-_](?:data|dataset|bucket|account|username|token|key|dir|folder|path|file)\b|\bxxx+\b"
    r"|(?:^|[\s=/_.-])\{(?!\{)[a-z_][\w |,.-]*\}|(?:^|\s)\[(?:-{1,2}\w|[a-z]{2,})[^\]=,]*\]"
    # names in capitals (IP_OF_NODE, DATA_DIR) stand for values, unless a dollar makes them variables
    r"|(?-i:(?<=[\s=/'\"])(?:(?:PATH|DIR|FILE)(?![:/])|YOUR|[A-Z]{2,}(?:_[A-Z]{2,}\d?)+)(?=[\s:/'\"]|$))",
    re.IGNORECASE,
)
_VARIABLE = re.compile(r"\$(?:\{(?P<braced>[A-Za-z_]\w*|\d)(?P<more>[^}]*)\}|(?P<bare>[A-Za-z_]\w*|\d))")
_ASSIGNED = re.compile(
    r"(?:^|[\s;&({])(?:export\s+|local\s+|declare\s+(?:-\w+\s+)?|readonly\s+|set\s+|ARG\s+|ENV\s+)?(?P<name>[A-Za-z_]\w*)\+?="
    r"|\bfor\s+(?P<loop>[A-Za-z_]\w*)\s+in\b|\bread\s+(?:-\w+\s+)*(?P<read>[A-Za-z_]\w*)|\bgetopts\s+\S+\s+(?P<option>\w+)",
    re.MULTILINE,
)
_ENVIRONMENT = re.compile(
    r"^(HOME|PWD|OLDPWD|USER|USERNAME|LOGNAME|PATH|PYTHONPATH|TMPDIR|HOSTNAME|RANDOM|SECONDS|SHELL|CONDA_\w+|VIRTUAL_ENV"
    r"|SLURM_\w+|SLURMD_\w+|LSB_\w+|PBS_\w+|SGE_\w+|CI_\w+|CI|GITHUB_\w+|CIRCLE_\w+|BUILD_\w+|AIRFLOW_HOME|CUDA_\w+"
    r"|PYTHON|PYTHON_BIN|PY|NPROC|UID|GID|BASH_SOURCE|LINENO|PIPESTATUS|OSTYPE|MAKE|MAKEFLAGS|CURDIR|SM_\w+)$"
)


def marked(text: str) -> str:
    """The text of a document with the angle brackets of its placeholders replaced, so that a shell reads one word."""
    return _ANGLE.sub(lambda match: f"{PLACEHOLDER_OPENS}{match['name'].replace(' ', '_')}{PLACEHOLDER_CLOSES}", text)


def unmarked(text: str) -> str:
    return text.replace(PLACEHOLDER_OPENS, "<").replace(PLACEHOLDER_CLOSES, ">")


def assigned(text: str) -> frozenset[str]:
    """Variables that a script sets itself."""
    return frozenset(group for match in _ASSIGNED.finditer(text) for group in match.groups() if group)


def is_template(command: str, known: Set[str] | None) -> bool:
    """Whether parts of a command are to be filled in; `known` are variables set around it, None: all may be."""
    if _PLACE.search(command):
        return True
    if known is None or "$" not in command:
        return False
    for match in _VARIABLE.finditer(command):
        name = match["braced"] or match["bare"]
        given = (match["more"] or "").startswith((":-", "-", ":=", "="))
        if not (given or name == "0" or name in known or _ENVIRONMENT.match(name)):
            return True
    return False
