"""What the witnesses of a version agree on."""

from __future__ import annotations

import pytest

from debtscan.narrative.versions import agreement, versions_named


@pytest.mark.parametrize(
    ("stated", "version", "differs"),
    [
        ({"declared": ["==2.1.0"], "locked": ["2.1.0"]}, "2.1.0", False),
        ({"declared": [">=2"], "locked": ["2.1.0"]}, "2.1.0", False),
        ({"image": ["3.10"], "notebook": ["3.10.12"]}, "3.10.12", False),
        ({"image": ["==1.23.5"], "declared": [">=1.24", "any"]}, "1.23.5", True),
        ({"image": ["2.1.0"], "locked": ["2.2.0"]}, None, True),
        ({"image": ["2.1.0"], "locked": ["2.2.0"], "notebook": ["2.2.0"]}, "2.2.0", True),
        # a matrix of CI names alternatives
        ({"ci": ["3.10", "3.11"], "image": ["3.11"]}, "3.11", False),
        ({"ci": ["3.10", "3.11"], "image": ["3.8"]}, None, True),
        ({"declared": ["any"], "ci": [">=2"]}, None, False),
        ({"declared": ["=1.13.1=py3.9_cuda11.7"], "image": ["1.13.1"]}, "1.13.1", False),
        ({"declared": ["not a version"], "image": ["2.1.*"]}, "2.1", False),
    ],
)
def test_the_version_that_most_witnesses_mean(stated, version, differs):
    assert agreement(stated) == (version, differs)


def test_a_shorter_version_counts_as_the_longer_that_it_begins():
    assert versions_named({"image": ["3.10"], "notebook": ["3.10.12"], "ci": ["3.11"], "declared": [">=3.8"]}) == 2
