"""Calls that draw random numbers, and calls that seed the generators they draw from."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from typing import Literal, TypeAlias

from msgspec import Struct

from debtscan.source.masking import mask
from debtscan.source.python import PythonSource
from debtscan.source.values import argument, entry
from debtscan.source.walk import Call
from debtscan.training.apis import Drawing, DrawKind, drawings, seed_names, seeded_by
from debtscan.training.look import Look, is_none

Told: TypeAlias = Literal["yes", "no", "unknown"]
_SEEDING_NAME = re.compile(
    r"_?(set|fix|init|setup|random|global|manual|enable|make)_?\w*(seeds?|determini\w+)$|seed_?(everything|all|it|torch)",
    re.IGNORECASE,
)
_EVERYTHING = ("numpy", "random", "tensorflow", "torch")
_OF_DETECTRON = ("numpy", "random", "torch")
_MAX_EVIDENCE = 160


class Draw(Struct, frozen=True, gc=False, array_like=True):
    cell: int | None
    line: int
    scope: str
    library: str
    kind: DrawKind
    api: str
    seeded: Told
    """By its own argument: yes, no, or unknown (`**options`)."""
    evidence: str


class Seed(Struct, frozen=True, gc=False, array_like=True):
    cell: int | None
    line: int
    scope: str
    libraries: tuple[str, ...]
    evidence: str
    option: str | None = None
    """A command-line option without default that decides: without it nothing is seeded."""
    setting: str | None = None
    """The last part of what is read out of settings for it (`cfg.seed`)."""
    guess: str | None = None
    """Its name, where that is all that speaks for a seed. If the function is the repository's own, what it does counts,
    and this only tells of the option that it is given."""


def draws_in(look: Look) -> Iterator[Draw]:
    for last, call in look.calls:
        if not (known := drawings(last)):
            continue
        name = look.source.name(call.node.func) or f"?.{last}"
        given = {keyword.arg for keyword in call.node.keywords}
        for item in known:
            if not _is_drawing(item, name, given) or not _draws_here(item, call):
                continue
            api = item.name.lstrip(".")
            evidence = mask(look.source.line_text(call.cell, call.node.lineno))[:_MAX_EVIDENCE]
            seeded = _seeded(item, call, look)
            yield Draw(call.cell, call.node.lineno, call.scope.name, item.library, item.kind, api, seeded, evidence)
            break
    if "datasets" in look.tops:
        yield from (_shuffle(call, look) for last, call in look.calls if last == "shuffle" and _shuffles(call, look))


def _shuffles(call: Call, look: Look) -> bool:
    """Whether a data set of Hugging Face is shuffled: no other `shuffle` is called on what is shuffled, without a word."""
    root = call.node.func
    while isinstance(root, (ast.Attribute, ast.Subscript, ast.Call)):
        root = root.func if isinstance(root, ast.Call) else root.value
    if call.node.args or not isinstance(root, ast.Name):
        return False
    return look.source.aliases.get(root.id, "datasets").partition(".")[0] == "datasets"


def _shuffle(call: Call, look: Look) -> Draw:
    evidence = mask(look.source.line_text(call.cell, call.node.lineno))[:_MAX_EVIDENCE]
    seed = next((item.value for item in call.node.keywords if item.arg in {"seed", "generator"}), None)
    seeded: Told = "no" if seed is None or is_none(seed) else "yes"
    return Draw(call.cell, call.node.lineno, call.scope.name, "numpy", "order", "shuffle", seeded, evidence)


def _is_drawing(item: Drawing, name: str, given: set[str | None]) -> bool:
    if not item.name.startswith("."):
        return item.name == name
    return "." in name and (item.known_by is None or item.known_by in given)


def _draws_here(item: Drawing, call: Call) -> bool:
    if item.condition is None:
        return True
    node = argument(call.node, item.condition_position, item.condition)
    value = node.value if isinstance(node, ast.Constant) else None
    if item.only_if_true:
        return node is not None and value is not False
    return value is not False


def _seeded(item: Drawing, call: Call, look: Look) -> Told:
    node = argument(call.node, item.seed_position, item.seed) if item.seed else None
    if node is None and item.seed:
        options = next((keyword.value for keyword in call.node.keywords if keyword.arg is None), None)
        if options is None:
            return "no"
        node = _in_options(options, item.seed, call, look)
        if node is None:
            return "no" if _is_written_out(options, call, look) else "unknown"
    if node is None:
        return "no"
    return "no" if is_none(node) else "unknown" if _unset_option(node, look) else "yes"


def _in_options(node: ast.expr, key: str, call: Call, look: Look) -> ast.expr | None:
    """The value that `**options` holds for a key, where the options are written out in the file."""
    if isinstance(node, ast.Name):
        binding = look.bindings.last(call.scope.name, node.id, call.cell, call.node.lineno)
        binding = binding or look.bindings.final("", node.id)
        node = binding.value if binding else node
    if isinstance(node, ast.Dict):
        return entry(node, key)
    return argument(node, None, key) if isinstance(node, ast.Call) else None


def _is_written_out(node: ast.expr, call: Call, look: Look) -> bool:
    """Whether `**options` are a dictionary of the file with all its keys, to which nothing is added."""
    if isinstance(node, ast.Name):
        name = node.id
        binding = look.bindings.last(call.scope.name, name, call.cell, call.node.lineno)
        binding = binding or look.bindings.final("", name)
        added = any(
            _is_item_of(target, name) for item in look.source.walk.assignments for target in _targets(item.node)
        )
        updated = any(last in {"update", "setdefault"} and _holder(other) == name for last, other in look.calls)
        if binding is None or added or updated:
            return False
        node = binding.value
    return isinstance(node, ast.Dict) and all(isinstance(key, ast.Constant) for key in node.keys)


def _targets(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> list[ast.expr]:
    return node.targets if isinstance(node, ast.Assign) else [node.target]


def _is_item_of(node: ast.expr, name: str) -> bool:
    return isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id == name


def _holder(call: Call) -> str | None:
    """The plain name of what a method is called on."""
    function = call.node.func
    return function.value.id if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) else None


def _unset_option(node: ast.expr, look: Look) -> str | None:
    """The command-line option behind `args.seed` where it has no default."""
    if not isinstance(node, ast.Attribute) or node.attr not in look.bindings.options:
        return None
    default = look.bindings.options[node.attr]
    # a negative seed is no seed to NumPy: it stands for "draw one"
    negative = isinstance(default, ast.UnaryOp) and isinstance(default.op, ast.USub)
    return node.attr if default is None or is_none(default) or negative else None


def has_workers(look: Look) -> bool:
    """Whether a loader of PyTorch is told to use worker processes."""
    given = (argument(call.node, None, "num_workers") for last, call in look.calls if last.endswith("DataLoader"))
    return any(node is not None and not (isinstance(node, ast.Constant) and not node.value) for node in given)


def seeds_in(look: Look) -> Iterator[Seed]:
    names = seed_names()
    with_estimators = "tensorflow" in look.tops
    for last, call in look.calls:
        if last in names or _sounds_like_seeding(last):
            value = call.node.args[0] if call.node.args else next((word.value for word in call.node.keywords), None)
            name = look.source.name(call.node.func) or ""
            if libraries := seeded_by(name):
                yield from _seed(call, libraries, value, look)
            elif _is_function(call, last, name, look):
                yield from _seed(call, _EVERYTHING, value, look, name)
        elif with_estimators and (value := argument(call.node, None, "tf_random_seed")) is not None:
            yield from _seed(call, ("tensorflow",), value, look)
        elif last == "default_setup" and (value := _set_in_config(look)) is not None:
            yield from _seed(call, _OF_DETECTRON, value, look)


def _set_in_config(look: Look) -> ast.expr | None:
    """The value of `cfg.SEED = ...`: without it detectron2's set-up draws a new seed each time."""
    for item in look.source.walk.assignments:
        node = item.node
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Attribute)
            and node.targets[0].attr == "SEED"
        ):
            return node.value
    return None


def _seed(
    call: Call, libraries: tuple[str, ...], value: ast.expr | None, look: Look, guess: str | None = None
) -> Iterator[Seed]:
    if value is None or is_none(value) or _is_clock(value, look.source):
        return
    evidence = mask(look.source.line_text(call.cell, call.node.lineno))[:_MAX_EVIDENCE]
    option = _unset_option(value, look)
    setting = value.attr if isinstance(value, ast.Attribute) and isinstance(value.value, ast.Name) else None
    yield Seed(call.cell, call.node.lineno, call.scope.name, libraries, evidence, option, setting, guess)


@cache
def _sounds_like_seeding(name: str) -> bool:
    return len(name) < 80 and bool(_SEEDING_NAME.match(name))


def _is_function(call: Call, last: str, name: str, look: Look) -> bool:
    """Whether a function called `set_seed` or so is known by this name, from this module or another."""
    root = call.node.func
    while isinstance(root, ast.Attribute):
        root = root.value
    if not isinstance(root, ast.Name) or name.startswith(("numpy.", "torch.", "tensorflow.")):
        return False
    return root.id in look.source.aliases or root.id in look.bindings.functions or look.imports_everything(last)


def _is_clock(node: ast.expr, source: PythonSource) -> bool:
    names = {source.name(child.func) for child in ast.walk(node) if isinstance(child, ast.Call)}
    return bool(names & {"time.time", "time.time_ns", "os.urandom", "datetime.datetime.now", "random.randint"})
