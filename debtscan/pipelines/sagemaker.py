"""SageMaker: estimators, processors and the steps of its pipelines.

https://sagemaker.readthedocs.io/en/stable/
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from debtscan.pipelines.engines import text_of
from debtscan.pipelines.found import FoundStep, Run
from debtscan.source.python import PythonSource
from debtscan.source.values import Values
from debtscan.source.walk import Call

TOP = "sagemaker"
_ESTIMATORS = frozenset(
    {"Estimator", "PyTorch", "TensorFlow", "SKLearn", "XGBoost", "HuggingFace", "MXNet", "Chainer", "SKLearnModel"}
    | {"PyTorchModel", "TensorFlowModel", "HuggingFaceModel", "XGBoostModel", "Model", "ModelTrainer"}
)
_STEPS = frozenset({"ProcessingStep", "TrainingStep", "TuningStep", "TransformStep", "ModelStep", "RegisterModel"})
"""Steps whose script, if they have one, is given to the estimator or processor they are made with."""


def steps(source: PythonSource) -> Iterator[FoundStep]:
    values = Values(source)
    for last, call in source.named_calls:
        if last in _ESTIMATORS and (script := text_of(values, call, None, "entry_point")):
            folder = text_of(values, call, None, "source_dir")
            yield _step(call, last, posixpath.join(folder, script) if "://" not in folder else script)
        elif last in {"ProcessingStep", "run"} and (script := text_of(values, call, None, "code")):
            folder = text_of(values, call, None, "source_dir")
            if script.endswith((".py", ".ipynb", ".sh")):
                name = text_of(values, call, 0, "name") if last == "ProcessingStep" else ""
                yield _step(call, name or last, posixpath.join(folder, script) if "://" not in folder else script)
        elif last in _STEPS and (name := text_of(values, call, 0, "name")):
            yield FoundStep("sagemaker", name, call.node.lineno, call.cell)
        elif last == "NotebookJobStep" and (script := text_of(values, call, None, "input_notebook")):
            yield _step(call, text_of(values, call, None, "name") or last, script)


def _step(call: Call, name: str, script: str) -> FoundStep:
    run = Run(
        "file", script, call.node.lineno, call.cell, f"{name} {script}", executes_notebook=script.endswith(".ipynb")
    )
    return FoundStep("sagemaker", name, call.node.lineno, call.cell, runs=[run], templated="*" in script)
