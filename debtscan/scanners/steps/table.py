"""The row of the table `steps`."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Struct

from debtscan.model import Stage
from debtscan.pipelines.found import Engine

How: TypeAlias = Literal["command", "template", "mention", "implied"]
ScriptState: TypeAlias = Literal["found", "missing", "made", "outside", "unknown", "none"]


class Step(Struct, frozen=True, gc=False, kw_only=True):
    """One step of a pipeline and one file that it runs."""

    path: Annotated[
        str, "file that declares or names the step, relative to the repository root; the script itself if implied"
    ]
    cell: Annotated[int | None, "cell of a notebook, from 0; NULL elsewhere"]
    line: Annotated[int, "line of the step, from 1, within the cell in a notebook"]
    pipeline: Annotated[str, "name of the pipeline, flow, DAG or project; the file where it has none"]
    step: Annotated[
        str, "name of the stage, task, rule, target or job; the heading above a command of a document; may be empty"
    ]
    engine: Annotated[Engine, "what declares or runs it; implicit: told by files or numbers in names only"]
    stage: Annotated[
        Stage | None, "life-cycle stage by what the script does and by the names; NULL where nothing tells"
    ]
    inputs: Annotated[tuple[str, ...], "files it declares to read, from the root, `*` for parts that are not known"]
    outputs: Annotated[tuple[str, ...], "files it declares to write, in the same way"]
    command: Annotated[str, "command as written, one line, credentials masked; empty where a function is called"]
    how: Annotated[
        How,
        "command: can be typed or runs as it stands; template: parts are to be filled in; mention: prose or a link; implied",
    ]
    script: Annotated[str | None, "file of the repository that it runs; NULL if none or not told"]
    target: Annotated[
        str, "what it runs as it is written there: a path, a module, a function; empty where nothing is told"
    ]
    script_state: Annotated[
        ScriptState,
        "missing: named by a path that is not there; made by another step; outside: fetched or absolute; unknown: "
        "templated or ambiguous; none: it names no script",
    ]
    missing_inputs: Annotated[
        tuple[str, ...], "inputs that are neither in the repository nor tracked nor made by a step"
    ]
    executes_notebook: Annotated[bool, "runs the script as a notebook (papermill, nbconvert, a job of a platform)"]
    scheduled: Annotated[bool, "the file that declares it says when it runs, by the clock"]
