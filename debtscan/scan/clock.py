"""Where the time of a scan goes, phase by phase, for `--profile`."""

from __future__ import annotations

import time


class Clock:
    """Laps of wall time; nothing that is found depends on them."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._last = time.perf_counter()

    def lap(self, phase: str) -> None:
        """The time since the last lap went into this phase."""
        now = time.perf_counter()
        self.seconds[phase] = now - self._last
        self._last = now
