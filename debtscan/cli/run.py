"""Run one command and turn what went wrong into a sentence and an exit code."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path

import typer

from debtscan import __version__
from debtscan.errors import UserError

USER_ERROR, BUG, INTERRUPTED = 2, 3, 130
BUG_FILE = "debtscan-bug.txt"


def run(arguments: list[str] | None = None) -> int:
    """Run the command line; return its exit code."""
    from debtscan.cli.app import app  # its import errors must be caught here too

    try:
        code = app(arguments, standalone_mode=False)
    except typer.Exit as stop:
        return stop.exit_code
    except (typer.Abort, KeyboardInterrupt):
        return _stopped()
    except UserError as error:
        sys.stderr.write(f"debtscan: {error}\n")
        return USER_ERROR
    except Exception as error:
        return _usage_error(error) if _is_usage_error(error) else _bug(error)
    # typer turns Ctrl-C into this exit code
    return _stopped() if code == INTERRUPTED else code if isinstance(code, int) else 0


def _stopped() -> int:
    sys.stderr.write("\nStopped. Nothing was written.\n")
    return INTERRUPTED


def _is_usage_error(error: Exception) -> bool:
    return hasattr(error, "format_message") and hasattr(error, "exit_code")


def _usage_error(error: Exception) -> int:
    """An unknown option or a missing argument, as the option parser words it."""
    message = error.format_message()  # type: ignore[attr-defined]
    context = getattr(error, "ctx", None)
    hint = f" Help: {context.command_path} --help" if context else ""
    sys.stderr.write(f"debtscan: {message}{hint}\n")
    return USER_ERROR


def _bug(error: Exception) -> int:
    """Write a note without file contents: the places in our own code and the kind of error."""
    frames = traceback.extract_tb(error.__traceback__)
    places = "\n".join(f"  {_own(frame.filename)}:{frame.lineno} in {frame.name}" for frame in frames)
    note = f"debtscan {__version__}, Python {sys.version.split()[0]}\n{type(error).__name__}\n{places}\n"
    try:
        Path(BUG_FILE).write_text(note)
        where = f"./{BUG_FILE}"
    except OSError:
        where = "below"
        sys.stderr.write(note)
    sys.stderr.write(f"This is a bug in debtscan. Nothing was audited. Details without file contents: {where}\n")
    if os.environ.get("DEBTSCAN_DEBUG"):
        traceback.print_exception(error)
    return BUG


def _own(filename: str) -> str:
    """A path that tells nothing of the machine: what follows the last `site-packages` or our own folder."""
    for marker in ("site-packages", "debtscan"):
        _, found, tail = filename.rpartition(f"{os.sep}{marker}{os.sep}")
        if found:
            return tail if marker == "site-packages" else f"{marker}/{tail}"
    return Path(filename).name
