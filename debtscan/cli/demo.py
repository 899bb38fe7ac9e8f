"""`debtscan demo`: build the example repository and audit it."""

from __future__ import annotations

import sys
from pathlib import Path

from debtscan.cli.scan import Request, run_scan
from debtscan.demo import build

AS_OF = "2026-11-01"
"""The day on which the example's history ends."""


def run_demo(directory: Path) -> int:
    target = directory / "churn"
    build(target)
    outputs = (directory / "debtscan-report.html", directory / "debtscan-report.json")
    code = run_scan(Request(targets=(str(target),), outputs=outputs, as_of=AS_OF, rate="92/h", currency="EUR"))
    sys.stdout.write(f"\nThe example lies in {target}. Open {outputs[0]} in a browser.\n")
    return code
