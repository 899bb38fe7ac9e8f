"""Until when python.org supports a version of Python (`python_support.txt`)."""

from __future__ import annotations

from debtscan.lexicon.entries import entries


def supported_until(version: str) -> str | None:
    """The ISO date for `3.8` or `3.8.5`; None for what is no minor version, and for those not listed."""
    minor = ".".join(version.split(".")[:2])
    return next((end for listed, end in entries("python_support") if listed == minor), None)
