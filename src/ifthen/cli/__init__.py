"""The command line: a thin edge over the same functions that ``import ifthen`` offers."""

import gc


def main() -> None:
    """Run the command line.

    The collector of reference cycles is off: a command is short, makes many small objects and
    hardly a cycle, and would spend a sixth of its time looking for them.
    """
    gc.disable()
    from ifthen.cli.app import app

    app()
