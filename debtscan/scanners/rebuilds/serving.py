"""Serving: whether what answers requests loads the model that this training makes, in the environment it was made in."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping, Sequence

from debtscan.scanners.data_references import DataReference
from debtscan.scanners.dependencies.rows import InstallCommandRow
from debtscan.scanners.imports import ImportRow
from debtscan.scanners.rebuilds.told import Place, Told, worst_of
from debtscan.scanners.services import Service, ServiceLoad

_KEPT = frozenset({"versioned-git", "bloat", "versioned-lfs", "versioned-dvc"})
_LOST = frozenset({"absent", "ignored", "machine-bound", "broken-lfs", "documented"})


class Serving:
    """The ingredient serving: told where a service of the same component serves a model."""

    def __init__(
        self,
        services: Iterable[Service],
        loads: Iterable[ServiceLoad],
        components: Mapping[str, str],
        imports: Iterable[ImportRow],
        install_commands: Iterable[InstallCommandRow],
        references: Iterable[DataReference],
    ) -> None:
        self._of_component: dict[str, list[Service]] = {}
        for service in services:
            if service.serves_model == "yes":
                self._of_component.setdefault(components.get(service.path, "."), []).append(service)
        self._loads: dict[str, list[ServiceLoad]] = {}
        for load in loads:
            self._loads.setdefault(load.service, []).append(load)
        self._manifests = {row.path: row.manifest for row in imports}
        self._installed: dict[str, str] = {}
        """Manifest that an image installs."""
        for command in install_commands:
            if command.context == "dockerfile" and command.resolved is not None:
                self._installed.setdefault(command.path, command.resolved)
        self._written: dict[str, set[str]] = {}
        for row in references:
            if row.direction == "write" and row.resolved:
                self._written.setdefault(row.path, set()).add(posixpath.basename(row.resolved))

    def of(self, files: Sequence[str], component: str, *, alone: bool) -> Told | None:
        """Of the files that run together; None where nothing is known to serve what they make.

        In a component with other trainings a service counts for the one that writes a file of the name it loads.
        """
        made = {name for path in files for name in self._written.get(path, ())}
        services = [
            service
            for service in self._of_component.get(component, ())
            if alone or not made.isdisjoint(self._names(service))
        ]
        return worst_of(item for service in services for item in self._of_service(service, files[0]))

    def _names(self, service: Service) -> set[str]:
        loads = self._loads.get(service.path, ())
        return {posixpath.basename(load.resolved or load.name or "") for load in loads} - {""}

    def _of_service(self, service: Service, trained_by: str) -> Iterator[Told]:
        loads = self._loads.get(service.path, ())
        yield worst_of(map(_of_load, loads)) or Told(
            "unknown", f"{service.path} does not tell what it loads", Place(service.path, service.cell, service.line)
        )
        asks = self._installed.get(service.image or "", self._manifests.get(service.path))
        needs = self._manifests.get(trained_by)
        if asks != needs:
            said = f"{service.path} runs with {asks or 'no manifest'}, the training with {needs or 'none'}"
            yield Told("partly", said, Place(service.path, service.cell, service.line))


def _of_load(load: ServiceLoad) -> Told:
    name, place = load.resolved or load.name or f"what {load.api} loads", Place(load.path, load.cell, load.line)
    if load.state in _LOST:
        return Told("no", f"{name} is served and not in git", place)
    if load.state in _KEPT or load.pinned:
        return Told("yes", f"{name} is served as it is kept", place)
    if load.source == "repository":
        return Told("yes", f"{name} is served as it lies in git", place)
    return Told("partly", f"{name} is served in no fixed version", place)
