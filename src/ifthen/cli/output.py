"""Printing: JSON, or pages as wide and as colourful as where they go."""

from __future__ import annotations

import json
import os
import shutil
import sys
from pathlib import Path
from typing import Any

import click

from ifthen.cli.inputs import refuse
from ifthen.reports.page import Page

PIPED_WIDTH = 80
WIDEST = 100


def page() -> Page:
    """An empty page for standard output."""
    if not sys.stdout.isatty():
        return Page(PIPED_WIDTH)
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Page(min(WIDEST, shutil.get_terminal_size().columns), colour=not plain)


def show(page: Page) -> None:
    """Print a page."""
    click.echo(page.text(), nl=False, color=page.colour)


def show_json(value: Any) -> None:
    """Print JSON."""
    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def write(option: str, path: str, content: str | bytes) -> None:
    """Write a file that an option names."""
    data = content.encode() if isinstance(content, str) else content
    try:
        Path(path).write_bytes(data)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        refuse(option, f"'{path}' cannot be written: {reason}")
