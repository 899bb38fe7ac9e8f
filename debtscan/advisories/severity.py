"""How bad a vulnerability is, in one word. It orders repairs and prices nothing."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Literal, TypeAlias

Grade: TypeAlias = Literal["unknown", "low", "medium", "high", "critical"]

_WORDS: Mapping[str, Grade] = {
    "low": "low",
    "moderate": "medium",
    "medium": "medium",
    "high": "high",
    "critical": "critical",
}
# Weights of the base metrics (CVSS 3.1 specification, section 7.4).
_IMPACT = {"N": 0.0, "L": 0.22, "H": 0.56}
_VECTOR = {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2}
_COMPLEXITY = {"L": 0.77, "H": 0.44}
_INTERACTION = {"N": 0.85, "R": 0.62}
_PRIVILEGES = {"U": {"N": 0.85, "L": 0.62, "H": 0.27}, "C": {"N": 0.85, "L": 0.68, "H": 0.5}}


def grade_of_word(word: object) -> Grade:
    """The grade that a database states; unknown for any other word."""
    return _WORDS.get(word.lower(), "unknown") if isinstance(word, str) else "unknown"


def grade_of_vector(vector: str) -> Grade:
    """The qualitative rating of a CVSS 3 base vector; unknown for other versions and for what is no vector."""
    score = base_score(vector)
    if score is None:
        return "unknown"
    return "low" if score < 4 else "medium" if score < 7 else "high" if score < 9 else "critical"


def base_score(vector: str) -> float | None:
    """The CVSS 3.0 or 3.1 base score, 0 to 10; None for anything else."""
    version, *metrics = vector[:200].split("/")
    if version not in {"CVSS:3.0", "CVSS:3.1"}:
        return None
    value = dict(metric.split(":", 1) for metric in metrics if ":" in metric)
    try:
        lost = 1 - math.prod(1 - _IMPACT[value[metric]] for metric in "CIA")
        changed = {"U": False, "C": True}[value["S"]]
        ease = 8.22 * _VECTOR[value["AV"]] * _COMPLEXITY[value["AC"]] * _INTERACTION[value["UI"]]
        ease *= _PRIVILEGES[value["S"]][value["PR"]]
    except KeyError:
        return None
    impact = 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15 if changed else 6.42 * lost
    return 0.0 if impact <= 0 else _round_up(min(10.0, (impact + ease) * (1.08 if changed else 1.0)))


def _round_up(score: float) -> float:
    """To the next tenth, blind to what binary fractions add (CVSS 3.1, appendix A)."""
    whole = round(score * 100_000)
    return whole / 100_000 if whole % 10_000 == 0 else (whole // 10_000 + 1) / 10
