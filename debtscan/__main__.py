"""The command line's door. Light on purpose: every pool worker imports this module again."""

from __future__ import annotations

import gc


def main() -> None:
    """Run the command line and exit with its code (0 audited, 1 --fail-on reached, 2 user error, 3 bug)."""
    # one command, then the process ends: the collector would only walk facts that stay alive (0.5 s at 1M lines)
    gc.disable()
    try:
        from debtscan.cli.run import run  # noqa: PLC0415 - typer and the commands stay out of pool workers

        code = run()
    except KeyboardInterrupt:
        # while the commands are still being imported
        code = 130
    if code == 130:
        # Python keeps in mind an interrupt that it met while a class was made from text (a namedtuple, a dataclass) and
        # would then end by the signal instead of with the code; running another text makes it forget
        exec("")  # noqa: S102 - nothing
    # nor shall the interpreter walk them once more when it ends
    gc.freeze()
    raise SystemExit(code)


if __name__ == "__main__":
    main()
