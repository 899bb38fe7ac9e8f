"""What the jobs of a CI system run: GitHub, GitLab, Azure, CircleCI, Travis, Bitbucket, AppVeyor, Drone, CodeBuild, Jenkins.

The systems differ in how jobs are described and agree in how commands are: text, or a list of texts, under a key that
says so. Those keys are sought anywhere in the file, so that a system or a template nobody thought of is read as well.
https://docs.github.com/actions/reference/workflow-syntax-for-github-actions
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator

from debtscan.commands.script import Script
from debtscan.source.marked_yaml import Node, read_yaml

_KEYS = frozenset(
    {"run", "script", "scripts", "before_script", "after_script", "before_install", "install", "after_success"}
    | {"after_failure", "before_deploy", "command", "commands", "bash", "sh", "pwsh", "powershell", "inlinescript"}
    | {"pre_build", "post_build", "test_script", "build_script", "after_test", "cmd"}
)
_JOBS = frozenset({"jobs", "stages", "pipelines", "phases"})
_MOST_NODES = 50_000
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}")
_GROOVY = re.compile(r"^\s*(?:@Library\b|pipeline\s*\{|node\s*[({]|def\s+\w+)", re.MULTILINE)
_GROOVY_SHELL = re.compile(
    r"\b(?:sh|bat)\b\s*\(?\s*(?:\[?\s*script\s*:\s*)?"
    r"(?:'''(?P<raw>.*?)'''|\"\"\"(?P<long>.*?)\"\"\"|'(?P<single>(?:[^'\\\n]|\\.)*)'|\"(?P<double>(?:[^\"\\\n]|\\.)*)\")",
    re.DOTALL,
)


def scripts(text: str) -> list[Script]:
    """Every piece of shell text, in order of lines. Raises ValueError for text that is neither YAML nor Groovy."""
    if is_groovy(text):
        return list(_in_groovy(text))
    places = (place for document in read_yaml(text) for place in _in_jobs([document]))
    found = [script for key, value, job in places if key.lower() in _KEYS for script in _texts(value, job)]
    return sorted(found, key=lambda script: script.line)


def is_groovy(text: str) -> bool:
    """A Jenkinsfile: the one description of jobs that is no YAML."""
    return _GROOVY.search(text) is not None


def pairs(documents: Iterable[Node]) -> Iterator[tuple[str, Node]]:
    """Every key with its value, wherever it stands."""
    return ((key, value) for key, value, _ in _in_jobs(documents))


def _in_jobs(documents: Iterable[Node]) -> Iterator[tuple[str, Node, str]]:
    """Every key with its value and the job around it; each node once, however many aliases name it.

    Jobs are the mappings at the top (GitLab) or under a key such as `jobs` (GitHub, CircleCI).
    """
    todo = deque((document, "", True) for document in documents)
    seen: set[int] = set()
    while todo and len(seen) < _MOST_NODES:
        node, job, holds_jobs = todo.popleft()
        if id(node) in seen:
            # an alias is the very node it names
            continue
        seen.add(id(node))
        todo.extend((item, job, False) for item in node.children())
        for key, value in node.pairs():
            yield key, value, job
            names = holds_jobs and value.entries is not None and key not in _JOBS
            todo.append((value, key if names else job, key in _JOBS))


def _texts(value: Node, job: str) -> Iterator[Script]:
    """Text, a list of texts, or CircleCI's `{name: ..., command: text}`, whose key is met on its own."""
    for node in (value, *value.children()):
        if node.text:
            yield Script(_EXPRESSION.sub(_as_variable, node.text), node.line + node.block, name=job)


def _as_variable(match: re.Match[str]) -> str:
    """`${{ matrix.torch }}` as one word of the shell: `${matrix_torch}`."""
    return f"${{{re.sub(r'[^A-Za-z0-9]+', '_', match[1]).strip('_')}}}"


def _in_groovy(text: str) -> Iterator[Script]:
    for match in _GROOVY_SHELL.finditer(text):
        kind = match.lastgroup or "raw"
        yield Script(match[kind].replace('\\"', '"'), text.count("\n", 0, match.start(kind)) + 1)
