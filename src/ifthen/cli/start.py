"""``init``: a record and a policy to start from."""

from __future__ import annotations

from pathlib import Path

import click

from ifthen.cli import options
from ifthen.cli.inputs import refuse

_FILES = ("record.yaml", "policy.yaml")
_TEMPLATES = Path(__file__).parent.parent / "examples" / "start"


@click.command(
    short_help="Write a record and a policy to start from.",
    epilog=options.example("ifthen init my-lab"),
)
@click.argument("folder", default=".")
@options.as_json
def init(folder: str, as_json: bool) -> None:
    """Write a record and a policy to start from; nothing is ever overwritten."""
    from ifthen.cli.output import page, show, show_json

    target = Path(folder)
    for name in _FILES:
        if (target / name).exists():
            refuse(str(target / name), "there is such a file already", "name another folder")
    try:
        target.mkdir(parents=True, exist_ok=True)
        for name in _FILES:
            with (target / name).open("x", encoding="utf-8") as file:
                file.write((_TEMPLATES / name).read_text(encoding="utf-8"))
    except OSError as error:
        refuse(folder, f"this cannot be written to: {(error.strerror or str(error)).lower()}")
    record = target / "record.yaml"
    commands = [
        f"ifthen rule {record} --at 2025-06-01",
        f"ifthen may deploy {record} --model example-2 --at 2025-06-01",
        f"ifthen due {record} --at 2025-06-01",
        f"ifthen policy check {target / 'policy.yaml'}",
    ]
    if as_json:
        show_json({"written": [str(target / name) for name in _FILES], "next": commands})
        return
    text = page()
    text.write(f"Wrote {' and '.join(str(target / name) for name in _FILES)}.")
    text.write("Read them, then try:")
    for command in commands:
        text.write(command, indent=2)
    show(text)
