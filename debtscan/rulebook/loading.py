"""Read rule files: YAML in, rules out, and a sentence with file and key for everything that is wrong."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from graphlib import CycleError, TopologicalSorter
from hashlib import blake2b
from importlib.metadata import entry_points
from importlib.resources import files
from importlib.resources.abc import Traversable
from itertools import pairwise

import msgspec
import yaml
from pydantic import ValidationError
from pydantic_core import ErrorDetails

from debtscan.errors import RuleError
from debtscan.model import Rule
from debtscan.rulebook.records import Rulebook, RuleFile, unknown_rule
from debtscan.rulebook.schema import RulePart
from debtscan.shipped import shipped

MAX_FILE_BYTES = 256 * 1024
MAX_DEPTH = 8
MAX_ALIASES = 16
_ANCHOR = re.compile(r"(?:^|[\s\[{,])&[^\s\]},]", re.MULTILINE)


def rule_directories() -> list[Traversable]:
    """Return the shipped rules and those of every installed package with an entry point in `debtscan.rules`.

    The entry point names the package whose YAML files are the rules.
    """
    packs = sorted(entry_points(group="debtscan.rules"), key=lambda point: (point.name, point.value))
    return [shipped("rules"), *(files(point.module) for point in packs)]


def load_rulebook(
    directories: Sequence[Traversable], select: Sequence[str] = (), ignore: Sequence[str] = ()
) -> Rulebook:
    """Read all rules of all directories and keep those selected (all, if none is named) and not ignored.

    Raises RuleError for a file that is wrong and UserError for a rule named that does not exist.
    """
    found = sorted((file for directory in directories for file in _read_all(directory)), key=lambda f: f.rule.id)
    _check_names([file.rule.id for file in found], found)
    known = {file.rule.id for file in found}
    for name in [*select, *ignore]:
        if name not in known:
            raise unknown_rule(name, sorted(known))
    kept = tuple(file for file in found if (not select or file.rule.id in select) and file.rule.id not in ignore)
    return Rulebook(files=kept, digest=_digest(file.rule for file in kept))


def read_rule(file: Traversable, source: str) -> RuleFile:
    """Read one rule file; raises RuleError. References to other rules are not looked up here."""
    written = _parse(file, source)
    try:
        part = RulePart.model_validate(written)
    except ValidationError as error:
        raise RuleError(f"{source}: {_sentence(error)}") from None
    name = file.name.removesuffix(".yaml")
    if part.id != name:
        raise RuleError(f"{source}: id: want the name of the file, {name}, got {part.id}")
    return RuleFile(rule=part.rule(), examples=part.kept_examples(), source=source)


def _read_all(directory: Traversable) -> Iterator[RuleFile]:
    if directory.is_file():
        yield read_rule(directory, directory.name)
    elif directory.is_dir():
        for file, source in _rule_files(directory, directory.name, MAX_DEPTH):
            yield read_rule(file, source)
    else:
        raise RuleError(f"{directory}: no such directory of rules")


def _rule_files(directory: Traversable, prefix: str, depth: int) -> Iterator[tuple[Traversable, str]]:
    for entry in sorted(directory.iterdir(), key=lambda entry: entry.name):
        source = f"{prefix}/{entry.name}"
        if entry.name.startswith((".", "__")):
            continue
        if entry.is_dir() and depth > 0:
            yield from _rule_files(entry, source, depth - 1)
        elif entry.name.endswith(".yml"):
            raise RuleError(f"{source}: the name of a rule file ends in .yaml")
        elif entry.name.endswith(".yaml"):
            yield entry, source


def _parse(file: Traversable, source: str) -> object:
    data = file.read_bytes()
    if len(data) > MAX_FILE_BYTES:
        raise RuleError(f"{source}: want at most {MAX_FILE_BYTES // 1024} KB, got {len(data) // 1024} KB")
    try:
        text = data.decode()
        _refuse_many_aliases(text, source)
        loader = yaml.CSafeLoader(text)
        node = loader.get_single_node()
        _refuse_repeated_keys(node, source)
        return loader.construct_document(node) if node else None
    except UnicodeDecodeError:
        raise RuleError(f"{source}: want UTF-8 text") from None
    except (yaml.YAMLError, RecursionError, ValueError) as error:
        raise RuleError(f"{source}: not YAML: {' '.join(str(error).split())[:200]}") from None


def _refuse_many_aliases(text: str, source: str) -> None:
    """Refuse many aliases, with which a few lines of YAML unfold into gigabytes; a few unfold a few hundred times."""
    if _ANCHOR.search(text):
        events = yaml.parse(text, Loader=yaml.CSafeLoader)
        if sum(isinstance(event, yaml.AliasEvent) for event in events) > MAX_ALIASES:
            raise RuleError(f"{source}: want at most {MAX_ALIASES} aliases (*name)")


def _refuse_repeated_keys(node: yaml.Node | None, source: str) -> None:
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, yaml.SequenceNode):
            waiting.extend(part.value)
        elif isinstance(part, yaml.MappingNode):
            keys = [key.value for key, _ in part.value if isinstance(key, yaml.ScalarNode)]
            for repeated in [key for key, times in Counter(keys).items() if times > 1]:
                raise RuleError(f"{source}: {repeated}: written twice")
            waiting.extend(value for _, value in part.value)


def _sentence(error: ValidationError) -> str:
    """Return the first of the errors as `key: want this, got that`."""
    details = error.errors(include_url=False)
    more = f" (and {len(details) - 1} more)" if len(details) > 1 else ""
    return f"{_key(details[0])}: {_expectation(details[0])}{more}"


def _key(detail: ErrorDetails) -> str:
    key = ""
    for step in detail["loc"]:
        key += f"[{step}]" if isinstance(step, int) else f".{step}" if key else step
    return key or "the file"


def _expectation(detail: ErrorDetails) -> str:
    match detail["type"]:
        case "missing":
            return "missing"
        case "extra_forbidden":
            return "no such key"
        case "literal_error":
            wanted = f"want {detail['ctx']['expected']}"
        case "examples" | "hours" | "files":
            return detail["msg"]
        case _:
            wanted = detail["msg"][:1].lower() + detail["msg"][1:]
    return f"{wanted}, got {repr(detail['input'])[:80]}"


def _check_names(ids: Sequence[str], found: Sequence[RuleFile]) -> None:
    """Check what concerns several files: each id once, references known, no circles."""
    for first, second in pairwise(found):
        if first.rule.id == second.rule.id:
            raise RuleError(f"{second.source}: id: {first.rule.id} is the id of {first.source} already")
    for file in found:
        for key, names in _references(file.rule):
            for name in names:
                if name not in ids:
                    raise RuleError(f"{file.source}: {key}: {unknown_rule(name, ids)}")
    _refuse_circle("after", {file.rule.id: file.rule.after for file in found})
    _refuse_circle("cost.covers", {file.rule.id: file.rule.cost.covers for file in found if file.rule.cost})


def _references(rule: Rule) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield "after", rule.after
    if rule.cost:
        yield "cost.covers", rule.cost.covers


def _refuse_circle(key: str, graph: dict[str, tuple[str, ...]]) -> None:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        raise RuleError(f"rules: {key}: goes round in a circle: {' -> '.join(error.args[1])}") from None


def _digest(rules: Iterable[Rule]) -> str:
    return blake2b(msgspec.json.encode(list(rules), order="deterministic"), digest_size=16).hexdigest()
