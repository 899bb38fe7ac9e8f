"""Calls that train a model: estimators whose origin is told, trainers of known libraries, hand-written loops."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from debtscan.source.walk import Call
from debtscan.training.apis import Trainer, trainer, trainer_methods
from debtscan.training.look import SEED_ARGUMENTS, Look, is_none

_TORCH_LIKE = frozenset({"torch", "accelerate", "lightning", "pytorch_lightning", "deepspeed", "apex", "ignite"})
_KERAS_LIKE = frozenset({"tensorflow", "keras", "tf_keras", "tf"})
_KERAS_ARGUMENTS = frozenset(
    {"epochs", "validation_data", "batch_size", "callbacks", "steps_per_epoch", "validation_split"}
)


class Act(Struct, frozen=True, gc=False, array_like=True):
    """A call that trains."""

    cell: int | None
    line: int
    scope: str
    framework: str
    draws: str
    """A library, `seeded` (the framework seeds itself) or `none`."""
    api: str


def acts_in(look: Look) -> Iterator[Act]:
    names = trainer_methods()
    fits: list[Call] = []
    estimators: list[Trainer] = []
    backward: list[Call] = []
    steps = compiles = False
    for last, call in look.calls:
        if last[:1].isupper() and (item := trainer(look.source.name(call.node.func) or "")) and item.how == "estimator":
            estimators.append(item)
        elif last == "backward":
            backward.append(call)
        elif last == "step":
            steps = True
        elif last == "compile" and any(keyword.arg in {"optimizer", "loss"} for keyword in call.node.keywords):
            compiles = True
        elif last in names:
            fits.append(call)
        elif last in {"apply_gradients", "minimize"} and isinstance(call.node.func, ast.Attribute):
            yield from _gradients(call, look)
    if backward and steps and look.tops & _TORCH_LIKE:
        yield from (_act(call, "torch", "torch", "backward") for call in backward)
    for call in fits:
        yield from _fit(call, look, estimators, compiles=compiles)


def _act(call: Call, framework: str, draws: str, api: str) -> Act:
    return Act(call.cell, call.node.lineno, call.scope.name, framework, draws, api)


def _gradients(call: Call, look: Look) -> Iterator[Act]:
    if look.tops & {"flax", "optax", "jax"}:
        yield _act(call, "jax", "none", look.source.last_name(call.node))
    elif look.tops & _KERAS_LIKE:
        yield _act(call, "tensorflow", "tensorflow", look.source.last_name(call.node))


def _fit(call: Call, look: Look, estimators: list[Trainer], *, compiles: bool) -> Iterator[Act]:
    last = look.source.last_name(call.node)
    name = look.source.name(call.node.func) or ""
    if not isinstance(call.node.func, ast.Attribute) or name.partition("()")[0] == name:
        item = trainer(name)
        if item is not None and item.how == "call":
            yield _act(call, item.framework, item.draws, name)
            return
    if not isinstance(call.node.func, ast.Attribute):
        return
    made = _made(call.node.func.value, call, look)
    maker = look.source.name(made.func) if made else None
    item = _trainer_of(maker, look)
    if item is not None:
        if last == item.method or (item.how == "estimator" and last != "train"):
            draws = "none" if made and _may_have_seed(made) else item.draws
            yield _act(call, item.framework, draws, item.name.rstrip(".") if item.how == "trainer" else maker or "")
    elif last in {"fit", "partial_fit", "fit_predict"} and maker not in look.bindings.classes:
        yield from _fit_of_unknown(call, look, estimators, compiles=compiles)
    elif last in {"train_on_batch", "fit_generator"} and look.tops & _KERAS_LIKE:
        yield _act(call, "keras", "tensorflow", last)


def _fit_of_unknown(call: Call, look: Look, estimators: list[Trainer], *, compiles: bool) -> Iterator[Act]:
    """`model.fit(...)` where the file does not tell what `model` is: what else the file makes does."""
    keywords = {keyword.arg for keyword in call.node.keywords}
    if look.tops & _KERAS_LIKE and (compiles or keywords & _KERAS_ARGUMENTS):
        yield _act(call, "keras", "tensorflow", "fit")
    elif estimators and (call.node.args or keywords):
        yield _act(call, estimators[0].framework, estimators[0].draws, "fit")


def _made(node: ast.expr, call: Call, look: Look) -> ast.Call | None:
    """The call whose result an expression is, as far as the last binding tells."""
    if isinstance(node, ast.Call):
        inner = node.func.value if isinstance(node.func, ast.Attribute) else None
        known = trainer(look.source.name(node.func) or "") is not None
        return _made(inner, call, look) if isinstance(inner, ast.Call) and not known else node
    binding = None
    if isinstance(node, ast.Name):
        binding = look.bindings.last(call.scope.name, node.id, call.cell, call.node.lineno)
        binding = binding or look.bindings.final("", node.id)
    elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == "self":
        binding = look.bindings.final(call.scope.name.rpartition(".")[0], f"self.{node.attr}")
    if binding is None or binding.how not in {"assign", "with"} or not isinstance(binding.value, ast.Call):
        return None
    return _made(binding.value, call, look)


def _may_have_seed(node: ast.Call) -> bool:
    """Whether a constructor is given a seed, or options that may hold one."""
    names = SEED_ARGUMENTS | {None}
    return any(keyword.arg in names and not is_none(keyword.value) for keyword in node.keywords)


def _trainer_of(maker: str | None, look: Look) -> Trainer | None:
    """The trainer that a class is, or that it inherits from in this file."""
    for _ in range(4):
        if maker is None or (found := trainer(maker)) is not None:
            return None if maker is None else found
        class_ = next((item for item in look.source.walk.classes if item.name == maker), None)
        maker = look.source.name(class_.node.bases[0]) if class_ and class_.node.bases else None
    return None
