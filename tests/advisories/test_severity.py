"""Scores of CVSS 3 vectors, from the examples of its specification, and words of databases."""

from __future__ import annotations

import pytest

from debtscan.advisories.severity import base_score, grade_of_vector, grade_of_word


@pytest.mark.parametrize(
    ("vector", "score", "grade"),
    [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8, "critical"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0, "critical"),
        ("CVSS:3.0/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", 6.4, "medium"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", 6.1, "medium"),
        ("CVSS:3.0/AV:N/AC:H/PR:N/UI:R/S:U/C:L/I:N/A:N", 3.1, "low"),
        ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", 7.8, "high"),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0, "low"),
    ],
)
def test_a_vector_has_the_score_of_the_specification(vector, score, grade):
    assert (base_score(vector), grade_of_vector(vector)) == (score, grade)


@pytest.mark.parametrize(
    "vector",
    ["", "CVSS:3.1", "CVSS:3.1/AV:X", "AV:N/AC:L/Au:N/C:P/I:P/A:P", "CVSS:4.0/AV:N/AC:L", "CVSS:3.1/" + "A" * 9999],
)
def test_other_vectors_are_unknown(vector):
    assert grade_of_vector(vector) == "unknown"


def test_words_of_databases_are_graded():
    words = ["LOW", "Moderate", "HIGH", "critical", "urgent", None, 7]
    assert [grade_of_word(word) for word in words] == [
        "low",
        "medium",
        "high",
        "critical",
        "unknown",
        "unknown",
        "unknown",
    ]
