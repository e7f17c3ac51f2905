"""What the commands print, word for word; ``UPDATE_GOLDEN=1 pytest`` writes it anew."""

from __future__ import annotations

import os
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]
GOLDEN = Path(__file__).parent / "golden"
COMMANDS = {
    "rule": (1, "rule record.yaml --at 2025-06-01"),
    "rule-all": (1, "rule record.yaml --at 2025-06-01 --all"),
    "rule-only": (1, "rule record.yaml --at 2025-06-01 --only late,breached"),
    "rule-only-none": (1, "rule record.yaml --at 2025-06-01 --only breached"),
    "rule-model": (0, "rule record.yaml --at 2025-06-01 --model example-1"),
    "rule-known": (0, "rule record.yaml --at 2025-04-02 --known 2025-04-02 --model example-1"),
    "rule-public": (3, "rule public.yaml --at 2025-06-01"),
    "rule-not-encoded": (3, "rule public.yaml --at 2025-07-01"),
    "rule-policy": (3, "rule public.yaml --at 2025-06-01 --policy policy.yaml --model 'Vega 1'"),
    "replay": (0, "replay record.yaml --to 2025-06-01"),
    "replay-from": (0, "replay record.yaml --from 2025-04-01 --to 2025-05-01 --all"),
    "may-held": (1, "may deploy record.yaml --model example-2 --at 2025-06-01"),
    "may-both-ask": (
        3,
        "may deploy example:anthropic --model 'Claude Opus 4' --at 2025-05-22 "
        "--policy anthropic/rsp@2.2",
    ),
    "may-permitted": (0, "may deploy record.yaml --model example-1 --at 2025-06-01"),
    "may-undetermined": (3, "may deploy public.yaml --model 'Vega 2' --at 2025-06-01"),
    "due": (0, "due record.yaml --at 2025-06-01"),
    "due-nothing": (0, "due record.yaml --at 2025-06-01 --days 0"),
    "due-no-policy": (0, "due record.yaml --at 2024-12-01"),
    "due-not-encoded": (0, "due public.yaml --at 2025-07-01"),
    "due-public": (0, "due public.yaml --at 2025-03-05"),
    "why-held": (0, "why record.yaml deploy-gate --at 2025-06-01 --model example-2"),
    "why-late": (0, "why record.yaml incident-report --at 2025-06-01"),
    "why-step": (0, "why record.yaml release-decision/tell --at 2025-06-01"),
    "why-nothing": (0, "why record.yaml incident-learning --at 2025-06-01 --model example-2"),
    "policy-show": (0, "policy show policy.yaml"),
    "policy-check": (0, "policy check policy.yaml"),
    "help": (0, "--help"),
    "help-rule": (0, "rule --help"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_text_is_as_agreed(run: Run, name: str) -> None:
    code, command = COMMANDS[name]
    result = run(*shlex.split(command))
    golden = GOLDEN / f"{name}.txt"
    if os.environ.get("UPDATE_GOLDEN"):
        golden.write_text(result.stdout, encoding="utf-8")
    assert result.stdout == golden.read_text(encoding="utf-8")
    assert (result.exit_code, result.stderr) == (code, "")
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert "\x1b" not in result.stdout
