"""What the readers of one file yield: steps, what their commands run, and names that other files may mean."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

Engine: TypeAlias = Literal[
    "dvc", "airflow", "kedro", "prefect", "dagster", "zenml", "metaflow", "kubeflow", "snakemake", "make", "mlproject",
    "databricks", "sagemaker", "azureml", "kubernetes", "docker", "python", "notebook", "shell", "ci", "readme",
    "implicit",
]  # fmt: skip
RunKind: TypeAlias = Literal["file", "module", "program", "make", "dvc", "mlproject", "snakemake", "kedro"]

PLACEHOLDER_OPENS, PLACEHOLDER_CLOSES = "\ue008", "\ue009"
"""Stand for `<` and `>` around a placeholder of a document, which a shell would take for redirections."""
MAX_TEXT = 400
"""Characters of a command that are kept."""


class Run(Struct, frozen=True, gc=False, array_like=True):
    """What one command runs."""

    kind: RunKind
    """How `target` is to be understood."""
    target: str
    """A path, a dotted module, the name of a program, or the target or stage of a pipeline (empty: all of it)."""
    line: int
    cell: int | None
    text: str
    """The command, credentials masked."""
    template: bool = False
    """It holds placeholders that a person has to fill in."""
    folder: str = ""
    """Where it runs, as far as `cd` before it tells, relative to where the text begins to run."""
    executes_notebook: bool = False
    """By papermill, nbconvert and the like, not as a script."""
    inputs: list[str] = []
    outputs: list[str] = []
    given: list[str] = []
    """Other words of the command that may be paths: values of options and arguments."""


class FoundStep(Struct, frozen=True, gc=False, array_like=True):
    """One step; without `runs` it is the code around it (`own`), or nothing is told of what it runs."""

    engine: Engine
    name: str
    line: int
    cell: int | None = None
    pipeline: str = ""
    runs: list[Run] = []
    command: str = ""
    """The whole command, credentials masked; empty where it runs a function."""
    inputs: list[str] = []
    """Paths as written, relative to `folder`; names of data sets for Kedro."""
    outputs: list[str] = []
    folder: str = ""
    """Working directory relative to the folder of the file."""
    function: str = ""
    """Dotted name of the function it calls, imports spelled out; empty for commands."""
    own: bool = False
    """The function stands in this very file."""
    templated: bool = False
    """Made by a template (`foreach`, `matrix`, Jinja): names may hold parts that are not known."""


class Mention(Struct, frozen=True, gc=False, array_like=True):
    """A path that prose or a link names; `.` where a notebook says how it is run itself."""

    path: str
    line: int
    cell: int | None = None


class FoundSteps(Struct, frozen=True, gc=False, array_like=True):
    """Everything one file says of steps."""

    steps: list[FoundStep] = []
    mentions: list[Mention] = []
    programs: dict[str, str] = {}
    """Console scripts that a package installs: name -> `package.module:function`."""
    data_sets: dict[str, str] = {}
    """Kedro: name of a data set -> its path."""
    stage: str | None = None
    """Life-cycle stage of most of what a Python file calls; None where none stands out."""
    started: bool = False
    """A Python file that does something when it is run: a main guard, or calls at its top that are more than set-up."""
    scheduled: bool = False
    """A workflow that runs by the clock."""
    fetches: bool = False
    """Its commands bring files that are not in the repository: clones, downloads, archives, generated scripts."""
    required: list[str] = []
    """Command-line options and arguments without which a Python file does not start, as written on a command line."""
    problem: str | None = None
    """Why the file was not understood."""
