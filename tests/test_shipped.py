"""The shipped folders are found in a checkout; the wheel is tried where it is built."""

from __future__ import annotations

from debtscan.shipped import shipped


def test_the_templates_of_a_checkout_are_found():
    assert (shipped("templates") / "report.html").is_file()
