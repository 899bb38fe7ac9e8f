"""`debtscan demo`: build the example repository and audit it."""

from __future__ import annotations

import sys
from pathlib import Path

from debtscan.cli.processes import started
from debtscan.cli.scan import Request, run_scan
from debtscan.demo import AS_OF, build


def run_demo(directory: Path) -> int:
    target = directory / "churn"
    build(target)
    outputs = (directory / "debtscan-report.html", directory / "debtscan-report.json")
    request = Request(targets=(str(target),), outputs=outputs, as_of=AS_OF.isoformat(), rate="92/h", currency="EUR")
    with started() as processes:
        code = run_scan(request, processes)
    sys.stdout.write(f"\nThe example lies in {target}. Open {outputs[0]} in a browser.\n")
    return code
