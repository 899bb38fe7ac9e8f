"""Time a cold and a warm scan beside `radon cc`, whole processes, on clones of public repositories.

    python benchmarks/speed.py FOLDER [--runs 3] [--only NAME]

FOLDER holds a clone of each repository of repositories.toml, named `owner+name` or `name`; each is copied into a
scratch work tree first. Printed: median wall and CPU seconds, peak memory of the process tree (PSS), and the two
ratios that docs/design.md sets aims for. A warm scan is a new process after one changed file, with the cache of the cold
one. Memory is sampled in one more run of its own: looking at four processes fifty times a second slows them by a fifth.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import tomllib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from clones import find_clone

HERE = Path(__file__).parent
SAMPLE_SECONDS = 0.02


@dataclass
class Run:
    wall: float
    cpu: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    print(f"{'repository':<32}{'what':<14}{'wall s':>9}{'CPU s':>9}{'peak MB':>9}")
    for entry in tomllib.loads((HERE / "repositories.toml").read_text())["repository"]:
        if arguments.only in entry["name"]:
            with tempfile.TemporaryDirectory(prefix="debtscan-benchmark-") as scratch:
                measure(entry, arguments.folder, Path(scratch), arguments.runs)


def measure(entry: dict, folder: Path, scratch: Path, runs: int) -> None:
    tree = check_out(entry, folder, scratch)
    cache, report = scratch / "cache", scratch / "report.json"
    scan = [sys.executable, "-m", "debtscan", "scan", str(tree), "--quiet", "--cache", str(cache), "-o", str(report)]
    html = ["-o", str(scratch / "report.html")]
    radon = [sys.executable, "-m", "radon", "cc", "-j", str(tree)]
    changed = next(path for path in sorted(tree.rglob("*.py")) if path.stat().st_size > 1000)
    base = [
        ("radon cc", radon, lambda: None),
        ("scan cold", scan + html, lambda: shutil.rmtree(cache, ignore_errors=True)),
        ("scan warm", scan + html, lambda: touch(changed)),
    ]
    times = {}
    for what, command, before in base:
        run = times[what] = median([timed(command, before) for _ in range(runs)])
        peak_mb = peak_memory(command, before)
        print(f"{entry['name']:<32}{what:<14}{run.wall:>9.2f}{run.cpu:>9.2f}{peak_mb:>9.0f}")
    cold, radon_run = times["scan cold"], times["radon cc"]
    print(f"{'':<32}cold / radon: wall {cold.wall / radon_run.wall:.2f}, CPU {cold.cpu / radon_run.cpu:.2f}")


def check_out(entry: dict, folder: Path, scratch: Path) -> Path:
    """A work tree at the named commit; large files that a partial clone lacks stay away."""
    clone = find_clone(entry["name"], folder)
    tree = scratch / "tree"
    git = ["git", "-C", str(tree)]
    subprocess.run(["git", "clone", "-q", "--no-checkout", "--local", str(clone), str(tree)], check=True)
    subprocess.run([*git, "update-ref", "--no-deref", "HEAD", entry["commit"]], check=False, stderr=subprocess.DEVNULL)
    subprocess.run([*git, "read-tree", "HEAD"], check=True)
    # -u notes each file's time in the index, as a checkout does
    subprocess.run([*git, "checkout-index", "-a", "-f", "-q", "-u"], check=False, stderr=subprocess.DEVNULL)
    return tree


def touch(path: Path) -> None:
    with path.open("a") as file:
        file.write("\n# changed\n")


def timed(command: Sequence[str], before: Callable[[], None]) -> Run:
    before()
    start_cpu = children_cpu()
    start = time.perf_counter()
    finish(start_process(command))
    return Run(time.perf_counter() - start, children_cpu() - start_cpu)


def peak_memory(command: Sequence[str], before: Callable[[], None]) -> float:
    before()
    process = start_process(command)
    peak = PeakMemory(process.pid)
    peak.start()
    finish(process)
    peak.stop()
    return peak.megabytes


def start_process(command: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)


def finish(process: subprocess.Popen[bytes]) -> None:
    _, errors = process.communicate()
    if process.returncode:
        sys.exit(f"{process.args}: exit {process.returncode}\n{errors.decode()}")


def children_cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def median(runs: Sequence[Run]) -> Run:
    return Run(statistics.median(run.wall for run in runs), statistics.median(run.cpu for run in runs))


class PeakMemory(threading.Thread):
    """Samples the proportional set size of a process and all below it (Linux; elsewhere it stays 0)."""

    def __init__(self, pid: int) -> None:
        super().__init__(daemon=True)
        self.megabytes = 0.0
        self._pid = pid
        self._done = threading.Event()

    def run(self) -> None:
        while not self._done.wait(SAMPLE_SECONDS):
            self.megabytes = max(self.megabytes, sum(map(pss_kb, tree_of(self._pid))) / 1024)

    def stop(self) -> None:
        self._done.set()
        self.join()


def tree_of(pid: int) -> list[int]:
    found, todo = [], [pid]
    while todo:
        current = todo.pop()
        found.append(current)
        try:
            for task in Path(f"/proc/{current}/task").iterdir():
                todo += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return found


def pss_kb(pid: int) -> int:
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


if __name__ == "__main__":
    main()
