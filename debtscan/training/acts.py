"""Calls that train a model: estimators whose origin is told, trainers of known libraries, hand-written loops."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from msgspec import Struct

from debtscan.source.bindings import root_name
from debtscan.source.walk import Call
from debtscan.training.apis import FITS, Trainer, owner_methods, trainer, trainer_methods
from debtscan.training.calls import is_external
from debtscan.training.look import SEED_ARGUMENTS, Look, is_none

_TORCH_LIKE = frozenset({"torch", "accelerate", "lightning", "pytorch_lightning", "deepspeed", "apex", "ignite"})
_LOOPS = ("paddle", "tinygrad")
"""Libraries that are no PyTorch and are trained in the same words."""
_OTHER_LOOPS = frozenset({"mxnet", "mindspore", "oneflow", "jittor", "chainer"})
"""Further such libraries, whose seeds are not known."""
_SEEDLESS = "lightning"
"""Its trainer takes no seed, so whatever it is given holds none."""
_STABLE_BASELINES = frozenset({"stable_baselines3", "sb3_contrib"})
_FASTAI_METHODS = frozenset({"fit_one_cycle", "fine_tune", "fit_flat_cos"})
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
    """A library, `seeded` (the framework seeds itself), `seeded_first` (before anything else runs) or `none`."""
    api: str
    owner: str | None = None
    """Class, function or object of the repository, defined elsewhere, whose method it calls: it trains if the class
    inherits from a trainer, or if the function makes, or the object is, something that is trained by this method."""


# debtscan: ignore[complex-hotspot] a branch a form found in the wild; to be cut into steps with names
def acts_in(look: Look) -> Iterator[Act]:
    names = trainer_methods()
    fits: list[Call] = []
    estimators: list[Trainer] = []
    backward: list[Call] = []
    steps = compiles = optimizers = False
    for last, call in look.calls:
        if last[:1].isupper() and (item := trainer(look.source.name(call.node.func) or "")) and item.how == "estimator":
            estimators.append(item)
        elif last == "backward":
            backward.append(call)
        elif last == "step" or (last == "zero_grad" and _is_of("opt", call.node.func)):
            steps = True
            optimizers = optimizers or _is_of("optim", call.node.func)
        elif last == "compile" and _is_keras_compile(call):
            compiles = True
        elif last in names:
            fits.append(call)
        elif last in _FASTAI_METHODS and "fastai" in look.tops:
            yield _act(call, "fastai", "torch", last)
        elif last in {"apply_gradients", "minimize"} and isinstance(call.node.func, ast.Attribute):
            yield from _gradients(call, look)
    library = _library_of_loops(look, optimizers=optimizers)
    if backward and steps and library is not None:
        yield from (_act(call, library, library, "backward") for call in backward)
    estimators = estimators or list(_chosen_estimators(look)) if fits else estimators
    for call in fits:
        yield from _fit(call, look, estimators, compiles=compiles)


def _is_of(word: str, function: ast.expr) -> bool:
    """Whether a method is called on something with this in its name.

    Gradients of an optimiser are cleared for a step to come, those of a model also to look at new ones.
    """
    holder = function.value if isinstance(function, ast.Attribute) else None
    name = holder.attr if isinstance(holder, ast.Attribute) else holder.id if isinstance(holder, ast.Name) else ""
    return word in name.lower()


def _library_of_loops(look: Look, *, optimizers: bool) -> str | None:
    """Of a loop with `backward` and `step`; what is handed its networks and optimizers may import nothing of torch."""
    if look.tops & _TORCH_LIKE:
        return "torch"
    known = next((name for name in _LOOPS if name in look.tops), None)
    return "torch" if known is None and optimizers and not look.tops & _OTHER_LOOPS else known


def _chosen_estimators(look: Look) -> Iterator[Trainer]:
    """Classes of estimators in tables out of which one is chosen (`{"forest": RandomForestClassifier}`)."""
    for item in look.source.walk.assignments:
        if isinstance(item.node.value, ast.Dict):
            for value in item.node.value.values:
                if isinstance(value, (ast.Name, ast.Attribute)) and (found := _estimator(value, look)) is not None:
                    yield found


def _estimator(node: ast.expr, look: Look) -> Trainer | None:
    item = trainer(look.source.name(node) or "")
    return item if item is not None and item.how == "estimator" else None


def _act(call: Call, framework: str, draws: str, api: str) -> Act:
    return Act(call.cell, call.node.lineno, call.scope.name, framework, draws, api)


def _gradients(call: Call, look: Look) -> Iterator[Act]:
    if look.tops & {"flax", "optax", "jax"}:
        yield _act(call, "jax", "none", look.source.last_name(call.node))
    elif look.tops & _KERAS_LIKE:
        yield _act(call, "tensorflow", "tensorflow", look.source.last_name(call.node))


# debtscan: ignore[complex-hotspot] a branch a form found in the wild; to be cut into steps with names
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
    item = _trainer_of(maker, look) or _trainer_of(_annotation(call.node.func.value, call, look), look)
    if item is not None:
        if last == item.method or (item.how == "estimator" and last != "train"):
            told = made is not None and item.framework != _SEEDLESS and _may_have_seed(made)
            draws = "none" if told else item.draws
            yield _act(call, item.framework, draws, item.name.rstrip(".") if item.how == "trainer" else maker or "")
    elif last in FITS and maker not in look.bindings.classes:
        acts = list(_fit_of_unknown(call, look, estimators, compiles=compiles))
        yield from acts or _fit_of_own(call, look, maker)
    elif last in {"train_on_batch", "fit_generator"}:
        known = look.tops & _KERAS_LIKE
        yield from [_act(call, "keras", "tensorflow", last)] if known else _fit_of_own(call, look, maker)
    elif last == "train" and "tf_agents" in look.tops and _is_of("agent", call.node.func):
        yield _act(call, "tf-agents", "tensorflow", last)
    elif last == "learn" and look.tops & _STABLE_BASELINES:
        yield _act(call, "stable-baselines3", "torch", last)
    elif last in owner_methods():
        yield from _fit_of_own(call, look, maker)


def _fit_of_unknown(call: Call, look: Look, estimators: list[Trainer], *, compiles: bool) -> Iterator[Act]:
    """`model.fit(...)` where the file does not tell what `model` is: what else the file makes does."""
    keywords = {keyword.arg for keyword in call.node.keywords}
    if look.tops & _KERAS_LIKE and (compiles or keywords & _KERAS_ARGUMENTS):
        yield _act(call, "keras", "tensorflow", "fit")
    elif estimators and (call.node.args or keywords):
        yield _act(call, estimators[0].framework, estimators[0].draws, "fit")


def _fit_of_own(call: Call, look: Look, maker: str | None) -> Iterator[Act]:
    """A method of what another file of the repository offers, or of what its function makes."""
    function = call.node.func
    if maker is None and isinstance(function, ast.Attribute) and root_name(function.value) in look.source.aliases:
        maker = look.source.name(function.value)
    if maker is not None and not is_external(maker):
        last = look.source.last_name(call.node)
        yield Act(call.cell, call.node.lineno, call.scope.name, "", "none", last, maker)


def made_in(look: Look) -> dict[str, tuple[str, str]]:
    """What functions and names of the module are or make that can be trained: its framework, and what it draws from."""
    made: dict[str, tuple[str, str]] = {}
    for last, call in look.calls:
        found = None
        if last[:1].isupper() and (item := trainer(look.source.name(call.node.func) or "")) and item.how == "estimator":
            found = (item.framework, "none" if _may_have_seed(call.node) else item.draws)
        elif last == "compile" and look.tops & _KERAS_LIKE and _is_keras_compile(call):
            found = ("keras", "tensorflow")
        if found is not None:
            name = call.scope.name or _bound_around(call, look)
            if name:
                made.setdefault(name, found)
    return made


def _bound_around(call: Call, look: Look) -> str | None:
    """The name of the module that is bound to a value with this call in it."""
    for item in look.source.walk.assignments:
        node = item.node
        if not item.scope.name and isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            end = node.end_lineno or node.lineno
            if item.cell == call.cell and node.lineno <= call.node.lineno <= end:
                return node.targets[0].id
    return None


def _is_keras_compile(call: Call) -> bool:
    return any(keyword.arg in {"optimizer", "loss"} for keyword in call.node.keywords)


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


def _annotation(node: ast.expr, call: Call, look: Look) -> str | None:
    """The class that an annotation gives a name: of its assignment, or of a parameter."""
    if not isinstance(node, ast.Name):
        return None
    function = look.bindings.functions.get(call.scope.name)
    if function is not None:
        arguments = function.node.args
        for parameter in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs):
            if parameter.arg == node.id and parameter.annotation is not None:
                return look.source.name(parameter.annotation)
    for item in look.source.walk.assignments:
        told = item.node
        if isinstance(told, ast.AnnAssign) and isinstance(told.target, ast.Name) and told.target.id == node.id:
            return look.source.name(told.annotation) if item.scope.name == call.scope.name else None
    return None


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
