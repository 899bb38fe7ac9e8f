"""Names of packages that conda and PyPI share, and those that nothing is known of."""

from __future__ import annotations

import pytest

from debtscan.lexicon.modules import known_pypi_name


@pytest.mark.parametrize(
    ("conda", "pypi"),
    [("pytorch", "torch"), ("numpy", "numpy"), ("cudatoolkit", None), ("python", None), ("openssl", None)],
)
def test_a_conda_name_is_mapped_known_or_unknown(conda, pypi):
    assert known_pypi_name(conda) == pypi
