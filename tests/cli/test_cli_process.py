"""The command line as its own process: quick to start, plain when piped, coloured on a terminal."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

COMMAND = (sys.executable, "-m", "ifthen")
RULE = ("rule", "record.yaml", "--at", "2025-06-01")


def run(*arguments: str, cwd: Path, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [*COMMAND, *arguments], cwd=cwd, capture_output=True, text=True, **options
    )


def on_terminal(folder: Path, *arguments: str, **environment: str) -> str:
    """What the command prints to a terminal."""
    master, slave = pty.openpty()
    surroundings = {k: v for k, v in os.environ.items() if k not in ("NO_COLOR", "TERM")}
    surroundings.update({"TERM": "xterm", **environment})
    with subprocess.Popen(
        [*COMMAND, *arguments], cwd=folder, stdout=slave, stderr=slave, env=surroundings
    ) as process:
        os.close(slave)
        chunks = []
        while True:
            try:
                chunk = os.read(master, 65536)
            except OSError:
                break
            if not chunk:
                break
            chunks.append(chunk)
        process.wait()
    os.close(master)
    return b"".join(chunks).decode()


def test_exit_code_and_plain_text(folder: Path) -> None:
    result = run(*RULE, cwd=folder)
    assert (result.returncode, result.stderr) == (1, "")
    assert "\x1b" not in result.stdout


def test_bad_input_is_no_traceback(folder: Path) -> None:
    result = run("rule", "nowhere.yaml", cwd=folder)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "nowhere.yaml: error: there is no such file\n"


def test_now_is_the_default(folder: Path) -> None:
    assert run("rule", "record.yaml", cwd=folder).returncode == 1


def test_a_reader_that_stops_early_is_no_error(folder: Path) -> None:
    command = f"'{sys.executable}' -m ifthen policy show anthropic/rsp@2.2 | head -1"
    result = subprocess.run(command, shell=True, cwd=folder, capture_output=True, text=True)
    assert (result.returncode, result.stderr) == (0, "")


@pytest.mark.skipif(sys.platform == "win32", reason="needs a terminal")
def test_colour_only_on_a_terminal_and_never_with_no_color(folder: Path) -> None:
    assert "\x1b[31mlate\x1b[0m" in on_terminal(folder, *RULE)
    assert "\x1b" not in on_terminal(folder, *RULE, NO_COLOR="1")
    assert "\x1b" not in on_terminal(folder, *RULE, TERM="dumb")


def test_help_loads_nothing_heavy(folder: Path) -> None:
    script = (
        "import sys; from click.testing import CliRunner; from ifthen.cli.app import app\n"
        "result = CliRunner().invoke(app, ['rule', '--help'])\n"
        "assert result.exit_code == 0\n"
        "heavy = ('rich', 'yaml', 'msgspec', 'icalendar', 'ifthen.ruling', 'ifthen.record.load')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.stdout == "[]\n", result.stderr


def test_importing_the_package_loads_nothing(folder: Path) -> None:
    script = "import sys, ifthen; print([n for n in sys.modules if n.startswith('ifthen.')])"
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.stdout == "[]\n", result.stderr
