"""The few exceptions that reach a person, each naming whose fault it is."""

from __future__ import annotations


class UserError(Exception):
    """The user's input is wrong: one line that says what, where and what to do (exit code 2)."""


class TargetError(UserError):
    """A target cannot be opened at all (no such directory, not a repository, unreadable archive)."""


class RuleError(UserError):
    """A rule file is wrong: names the file, the key, and what was expected there."""
