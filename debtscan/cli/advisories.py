"""`--advisories`: who is asked for known vulnerabilities."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from debtscan.advisories.source import Advisories, indexed, online
from debtscan.errors import UserError

ONLINE = "online"


def advisories_of(
    named: str | None, cache: Path | None, *, offline: bool = False
) -> AbstractContextManager[Advisories | None]:
    """The source an option names: nobody, pip-audit's own service, or a folder or zip of records."""
    if named is None:
        return nullcontext()
    if named != ONLINE:
        return indexed(Path(named), cache)
    if offline:
        raise UserError(
            "--advisories online needs the network, and --offline forbids it. Give a folder or zip of records"
        )
    sys.stderr.write("--advisories online: names and versions of the packages found leave this machine\n")
    return online(cache)
