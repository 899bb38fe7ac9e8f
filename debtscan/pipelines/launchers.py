"""Launchers: programs whose arguments are another command (`uv run`, `torchrun`, `sudo`, `srun`)."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping, Sequence

_PYTHON = re.compile(r"(python|pypy|ipython)[\d.]*$", re.IGNORECASE)
_CODE = re.compile(r"\.(py|sh|bash|ipynb)$")
_PLAIN: Mapping[str, frozenset[str]] = {
    "sudo": frozenset({"-u", "-g", "--user", "--group"}),
    "env": frozenset({"-u", "-C"}),
    "nohup": frozenset(),
    "time": frozenset({"-f", "-o"}),
    "nice": frozenset({"-n"}),
    "ionice": frozenset({"-c", "-n"}),
    "exec": frozenset(),
    "command": frozenset(),
    "xvfb-run": frozenset({"-s", "--server-args"}),
    "stdbuf": frozenset(),
    "caffeinate": frozenset(),
    "timeout": frozenset({"-s", "-k"}),
    "tsp": frozenset(),
    "opentelemetry-instrument": frozenset(),
    "ddtrace-run": frozenset(),
    "kernprof": frozenset(),
    "taskset": frozenset({"-c"}),
    "numactl": frozenset(),
}
"""Programs with the options of theirs that take a value; the command follows."""
_UV = frozenset(
    {"--with", "--python", "-p", "--extra", "--group", "--package", "--env-file", "--directory", "--project"}
    | {"--with-requirements", "--with-editable", "--index-url", "--index", "--extra-index-url", "--only-group"}
)
_CONDA = frozenset({"-n", "--name", "-p", "--prefix", "--cwd"})
_RUNS: Mapping[str, frozenset[str]] = {
    "uv": _UV,
    "poetry": frozenset({"-C", "--directory", "-P"}),
    "pipenv": frozenset(),
    "pdm": frozenset({"-p", "--project", "-s", "--site-packages"}),
    "hatch": frozenset({"-e", "--env"}),
    "rye": frozenset(),
    "pixi": frozenset({"-e", "--environment", "--manifest-path"}),
    "conda": _CONDA,
    "mamba": _CONDA,
    "micromamba": _CONDA,
    "dotenv": frozenset({"-f"}),
    "doppler": frozenset({"-p", "-c"}),
    "coverage": frozenset({"--source", "--omit", "--include", "-p"}),
}
"""Programs whose `run` takes a command."""
_DISTRIBUTED = frozenset(
    {
        "torchrun",
        "deepspeed",
        "horovodrun",
        "mpirun",
        "mpiexec",
        "srun",
        "composer",
        "colossalai",
        "accelerate",
        "fabric",
    }
    | {"docker", "docker-compose", "singularity", "apptainer", "kubectl", "ray", "nvidia-docker", "podman", "sbatch"}
    | {"bsub", "qsub", "nsys", "ncu", "lightning", "parallel", "dsub", "torch_xla"}
)
"""Programs with options beyond counting: the command begins where an interpreter or a script stands."""
_LAUNCH_MODULES = re.compile(
    r"^(torch\.distributed\.(launch|run)|torch_xla\.distributed\.xla_dist|accelerate\.commands\.launch"
    r"|deepspeed\.launcher\.runner|debugpy|pdb|cProfile|coverage|kernprof|paddle\.distributed\.launch"
    r"|colossalai\.launch|oneflow\.distributed\.launch|sagemaker_ssh_helper|trace|memory_profiler|scalene|line_profiler)$"
)
_MODULE = re.compile(r"[A-Za-z_]\w*(\.\w+)*")
_MOST_LAUNCHERS = 6


def unwrapped(words: Sequence[str]) -> list[str]:
    """The command behind launchers; empty where a launcher is given none that can be told."""
    rest = list(words)
    for _ in range(_MOST_LAUNCHERS):
        inner = _inner(rest)
        if inner is None or not inner:
            return rest if inner is None else []
        rest = inner
    return rest


def _inner(words: Sequence[str]) -> list[str] | None:
    """What the launcher at the front launches; None where there is no launcher."""
    program = posixpath.basename(words[0])
    if (takes_value := _PLAIN.get(program)) is not None:
        after = _positional(words[1:], takes_value)
        return after[1:] if program == "timeout" else after
    if (takes_value := _RUNS.get(program)) is not None:
        return _of_run(words, takes_value)
    if program in _DISTRIBUTED:
        return _where_code_begins(words[1:])
    if _PYTHON.match(program) and "-m" in words[:4]:
        at = words.index("-m")
        if at + 1 < len(words) and _LAUNCH_MODULES.match(words[at + 1]):
            return _where_code_begins(words[at + 2 :])
    return None


def _of_run(words: Sequence[str], takes_value: frozenset[str]) -> list[str] | None:
    before, found, after = _split_at(words, "run")
    if not found or any(not word.startswith("-") and word not in takes_value for word in before[1:2]):
        return None
    if "-m" in after or "--module" in after:
        at = next(number for number, word in enumerate(after) if word in {"-m", "--module"})
        if all(
            word.startswith("-") or after[max(0, number - 1)] in takes_value for number, word in enumerate(after[:at])
        ):
            return ["python", "-m", *after[at + 1 :]]
    inner = _positional(after, takes_value)
    # hatch and tox name an environment before the command: `hatch run docs:build`
    return ["python", *inner] if inner and inner[0].endswith(".py") else inner


def _split_at(words: Sequence[str], word: str) -> tuple[list[str], bool, list[str]]:
    if word not in words[:6]:
        return list(words), False, []
    at = list(words).index(word)
    return list(words[:at]), True, list(words[at + 1 :])


def _positional(words: Sequence[str], takes_value: frozenset[str]) -> list[str]:
    """The words from the first that is neither an option nor its value nor an assignment."""
    at = 0
    while at < len(words):
        word = words[at]
        if word == "--":
            return list(words[at + 1 :])
        if word in takes_value:
            at += 1
        elif not word.startswith("-") and not re.match(r"[A-Za-z_]\w*=", word):
            break
        at += 1
    return list(words[at:])


def _where_code_begins(words: Sequence[str]) -> list[str]:
    for at, word in enumerate(words):
        if word in {"-m", "--module"} and at + 1 < len(words) and _MODULE.fullmatch(words[at + 1]):
            return ["python", "-m", *words[at + 1 :]]
        if _PYTHON.match(posixpath.basename(word)) or posixpath.basename(word) in {"bash", "sh", "uv", "torchrun"}:
            return list(words[at:])
        if _CODE.search(word) and not word.startswith("-") and ":" not in word:
            return ["python", *words[at:]] if word.endswith(".py") else list(words[at:])
    return []
