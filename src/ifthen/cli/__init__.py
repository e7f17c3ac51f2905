"""The command line: a thin edge over the same functions that ``import ifthen`` offers."""


def main() -> None:
    """Run the command line."""
    from ifthen.cli.app import app

    app()
