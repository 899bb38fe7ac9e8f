"""Compare the table `rebuilds` with verdicts that were judged by hand, before debtscan saw the repository.

    python benchmarks/rebuilds.py FOLDER [--only NAME] [--show] [--labels FOLDER]

FOLDER holds a clone of each repository of rebuilds/, named `owner+name` or `name`. Printed: how many of the entry
points that train were found and how many of the found are some; for each ingredient, and for the verdict, in how many
of the matched entry points the states agree; first for the repositories nothing was tuned on, then for the others. In
a label `partial` says that not every entry point of the repository was judged, `doubt` what else could be defended.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clones import find_clone

LABELS = Path(__file__).parent / "rebuilds"
INGREDIENTS = ("code", "environment", "data", "randomness", "weights", "run", "serving")
WORST_FIRST = ("no", "unknown", "partly", "yes")


@dataclass
class Score:
    expected: int = 0
    found: int = 0
    matched: int = 0
    judged: Counter[str] = field(default_factory=Counter)
    agree: Counter[str] = field(default_factory=Counter)

    def add(self, other: Score) -> None:
        self.expected += other.expected
        self.found += other.found
        self.matched += other.matched
        self.judged += other.judged
        self.agree += other.agree

    def lines(self) -> Iterator[str]:
        recall = self.matched / self.expected if self.expected else 1.0
        precision = self.matched / self.found if self.found else 1.0
        yield f"entry points: {self.expected} expected, {self.found} found, precision {precision:.3f}, recall {recall:.3f}"
        for name in (*INGREDIENTS, "verdict"):
            if self.judged[name]:
                share = self.agree[name] / self.judged[name]
                yield f"  {name:12} {self.agree[name]:4} of {self.judged[name]:4} agree   {share:.3f}"


def verdict(states: Mapping[str, str]) -> str:
    return next((state for state in WORST_FIRST if state in states.values()), "unknown")


def told(clone: Path) -> dict[str, dict[str, tuple[str, str]]]:
    """State and reason by path and ingredient, as debtscan sees them."""
    command = [sys.executable, "-m", "debtscan", "facts", str(clone), "--format", "json"]
    query = "SELECT path, ingredient, state, why FROM rebuilds"
    done = subprocess.run([*command, "--sql", query], check=True, capture_output=True)
    rows: dict[str, dict[str, tuple[str, str]]] = {}
    for row in json.loads(done.stdout):
        rows.setdefault(row["path"], {})[row["ingredient"]] = (row["state"], row["why"])
    return rows


def compare(label: Mapping[str, Any], found: Mapping[str, dict[str, tuple[str, str]]], show: bool) -> Score:
    expected = {entry["path"]: entry for entry in label["entry_points"]}
    judged = found.keys() & expected.keys() if label.get("partial") else found.keys()
    score = Score(len(expected), len(judged), len(expected.keys() & judged))
    for path in sorted(expected.keys() ^ judged):
        if show:
            print(f"    {path}: {'not found' if path in expected else 'found, and none'}")
    for path in sorted(expected.keys() & judged):
        states = {name: state for name, (state, _) in found[path].items()}
        entry = expected[path]
        pairs = {name: (entry[name]["state"], states.get(name, "-")) for name in INGREDIENTS if name in entry}
        pairs["verdict"] = (entry["verdict"], verdict(states))
        for name, (wanted, got) in pairs.items():
            score.judged[name] += 1
            score.agree[name] += wanted == got
            if show and wanted != got:
                why = found[path].get(name, ("", ""))[1]
                print(f"    {path} {name}: {wanted} by hand, {got} found: {why}")
                if name in entry and name != "verdict":
                    print(f"        by hand: {entry[name]['why']}")
    return score


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", default="")
    parser.add_argument("--show", action="store_true")
    parser.add_argument("--labels", type=Path, default=LABELS)
    options = parser.parse_args()
    scores = {True: Score(), False: Score()}
    for file in sorted(options.labels.glob("*.toml")):
        label = tomllib.loads(file.read_text())
        if options.only in label["repository"]:
            print(label["repository"])
            clone = find_clone(label["repository"], options.folder)
            scores[label["held_out"]].add(compare(label, told(clone), options.show))
    for held_out, title in ((True, "held out"), (False, "tuned on")):
        print(f"\n{title}", *scores[held_out].lines(), sep="\n")


if __name__ == "__main__":
    main()
