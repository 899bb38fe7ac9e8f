"""The file that tells how to make the environment in which another file runs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from debtscan.manifests.installs import SYSTEM_TOOLS
from debtscan.repository.kinds import REQUIREMENTS_FOLDER
from debtscan.scanners.dependencies.rows import DependencyRow, InstallCommandRow, LockFileRow
from debtscan.scanners.environments import EnvironmentRow

_SERVING = re.compile(
    rf"(^|/)(docs?|{REQUIREMENTS_FOLDER}|ci|docker|binder|envs?|environments?|\.[^/]+)(/.*)?$", re.IGNORECASE
)
_WHOLE_COMPONENT = frozenset({"shell", "makefile"})


class Providers:
    """Manifests, locks, images and install commands by the folder that they serve."""

    def __init__(
        self,
        dependencies: Iterable[DependencyRow],
        install_commands: Iterable[InstallCommandRow],
        lock_files: Iterable[LockFileRow],
        environments: Iterable[EnvironmentRow],
    ) -> None:
        self._by_folder: dict[str, str] = {}
        self._notebooks: set[str] = set()
        install_commands = [command for command in install_commands if command.tool not in SYSTEM_TOOLS]
        contexts = {command.path: command.context for command in install_commands}
        for row in dependencies:
            if row.path not in contexts and row.ecosystem in {"pypi", "conda"} and row.scope != "ci":
                self._add(_served(row.path), row.path)
        for lock in lock_files:
            self._add(_served(lock.path), lock.path)
        for command in install_commands:
            self._add_command(command)
        for environment in environments:
            if environment.kind == "base_image":
                self._add(_served(environment.path), environment.path)

    def of(self, path: str) -> str | None:
        """The nearest file at or above `path`; a notebook that installs for itself is its own."""
        if path in self._notebooks:
            return path
        folder = path.rpartition("/")[0]
        while True:
            if (found := self._by_folder.get(folder)) is not None:
                return found
            if not folder:
                return None
            folder = folder.rpartition("/")[0]

    def _add_command(self, command: InstallCommandRow) -> None:
        if command.context == "notebook":
            self._notebooks.add(command.path)
        elif command.context == "dockerfile":
            self._add(_served(command.path), command.path)
        elif command.context in _WHOLE_COMPONENT:
            self._add("" if command.component == "." else command.component, command.path)

    def _add(self, folder: str, path: str) -> None:
        self._by_folder.setdefault(folder, path)


def _served(path: str) -> str:
    """The folder a manifest serves: its own, or the one around a folder such as `docker/` or `requirements/`."""
    return _SERVING.sub("", path.rpartition("/")[0])
