"""What one Python file holds of a service, seen without its path."""

from __future__ import annotations

from typing import Literal, TypeAlias

from msgspec import Struct

from debtscan.serving.apis import LoadKind

Told: TypeAlias = Literal["yes", "no", "unknown"]


class App(Struct, frozen=True, gc=False, array_like=True):
    """What makes a service: a call, a class or a function."""

    cell: int | None
    line: int
    framework: str
    router: bool
    """Only a part that an application elsewhere includes."""


class Handler(Struct, frozen=True, gc=False, array_like=True):
    """A function that answers requests."""

    cell: int | None
    line: int
    scope: str
    framework: str
    routes: list[str]
    answers: bool
    """Its name, its route or what it calls says that it answers with a model."""
    schema: Told
    """Whether what it takes is described: typed by the framework, or taken as it comes."""
    raw_line: int | None
    """Where it takes the request as it comes."""
    raw_text: str
    gets_root: bool


class Load(Struct, frozen=True, gc=False, array_like=True):
    """A call that loads a model."""

    cell: int | None
    line: int
    scope: str
    api: str
    kind: LoadKind
    text: str
    """What it loads, as far as the code tells, with the marks of `debtscan.source.texts`."""
    parameter: tuple[str, str] | None
    """The parameter of its function that it loads: position (of those behind `self`) and name."""
    pinned: bool
    """It passes a revision."""
    kept: bool
    """Behind a condition, or in a function whose result is kept: it runs once."""
    evidence: str


class Call(Struct, frozen=True, gc=False, array_like=True):
    """A call, or a function handed on, by the scope it stands in and the name it has there, imports spelled out."""

    scope: str
    name: str
    kept: bool
    """Behind a condition, or its result is kept in a global name, an attribute or a table."""
    given: dict[str, str] = {}
    """What it passes, as far as the code tells, by position ("0") or keyword; of functions that may load only."""


class FoundServing(Struct, frozen=True, gc=False, array_like=True):
    apps: list[App] = []
    handlers: list[Handler] = []
    loads: list[Load] = []
    predicts: list[str] = []
    """Calls that ask a model, spelled out, each once."""
    hosted: str | None = None
    """Library that asks a model which somebody else serves."""
    checks: bool = False
    """It imports a library that checks the form of data."""
    health: bool = False
    root: bool = False
    """Something that is no decorator puts a handler at `/`."""
    versions: bool = False
    """A name or key in its handlers, or a field of its classes, is a version."""
    calls: list[Call] = []
    """Calls, of files that hold handlers or loads, or import what may load."""
    kept: list[str] = []
    """Functions whose result is kept by a decorator."""
    imported: list[str] = []
    """Names imported that may be the repository's own, spelled out."""
