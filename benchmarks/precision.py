"""Compare the fact tables with labels that were made by reading the files of public repositories.

    python benchmarks/precision.py FOLDER [--topic NAME] [--only NAME] [--lot NUMBER] [--show]

FOLDER holds a clone of each repository of corpus/, named `owner+name` or `name`. Each folder of corpus/ is a topic with
a module of its name in comparing/. Printed: for each table the rows that were expected, found and matched, precision
and recall, and how often the columns of matched rows agree; first for the repositories no rule was tuned on, by lot
(debtscan was corrected on what one lot showed before the next was labelled), then for all. `--show` prints every
disagreement. README.md says what is compared.
"""

from __future__ import annotations

import argparse
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType

from clones import find_clone
from comparing.rows import Score, share

CORPUS = Path(__file__).parent / "corpus"


@dataclass
class Result:
    lot: int
    tuned: bool
    scores: Mapping[str, Score]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--topic", default="", metavar="NAME", help="only one folder of corpus/")
    parser.add_argument("--only", default="", metavar="NAME", help="only repositories with this in their name")
    parser.add_argument("--lot", type=int, metavar="NUMBER")
    parser.add_argument("--show", action="store_true", help="print every disagreement")
    arguments = parser.parse_args()
    for topic in sorted(path.name for path in CORPUS.iterdir() if path.is_dir()):
        if arguments.topic in {"", topic}:
            results = list(compared(import_module(f"comparing.{topic}"), topic, arguments))
            for lot in sorted({result.lot for result in results}):
                alike = [result for result in results if result.lot == lot and not result.tuned]
                print_scores(f"{topic}, lot {lot}, not tuned on", alike)
            print_scores(f"{topic}, all", results)


def compared(topic: ModuleType, name: str, arguments: argparse.Namespace) -> list[Result]:
    results = []
    for path in sorted((CORPUS / name).glob("*.toml")):
        labels = tomllib.loads(path.read_text())
        if arguments.only not in labels["repository"] or arguments.lot not in {None, labels.get("lot", 1)}:
            continue
        clone = find_clone(labels["repository"], arguments.folder)
        scores, lines = topic.compare(labels, topic.find(clone, labels["commit"]))
        results.append(Result(labels.get("lot", 1), labels["tuned"], scores))
        if arguments.show and lines:
            print(f"{labels['repository']}{' (tuned)' if labels['tuned'] else ''}")
            print("".join(f"  {line}\n" for line in lines), end="")
    return results


def print_scores(title: str, results: Sequence[Result]) -> None:
    if not results:
        return
    print(f"\n{title}: {len(results)} repositories")
    print(
        f"{'table':<20}{'expected':>9}{'found':>7}{'matched':>9}{'precision':>11}{'recall':>8}  agree on matched rows"
    )
    for table in dict.fromkeys(table for result in results for table in result.scores):
        total = Score()
        for result in results:
            total.add(result.scores.get(table, Score()))
        agree = ", ".join(f"{column} {share(count, total.matched)}" for column, count in total.agree.items())
        print(
            f"{table:<20}{total.expected:>9}{total.found:>7}{total.matched:>9}"
            f"{share(total.matched, total.found):>11}{share(total.matched, total.expected):>8}  {agree}"
        )


if __name__ == "__main__":
    main()
