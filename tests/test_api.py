"""The public names of the package."""

from __future__ import annotations

import pytest

import ifthen


@pytest.mark.parametrize("name", ifthen.__all__)
def test_every_public_name_is_there_and_documented(name: str) -> None:
    value = getattr(ifthen, name)
    assert value.__doc__
    assert name in dir(ifthen)


def test_other_names_are_not() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        ifthen.nonsense  # noqa: B018


def test_the_example_of_the_documentation_runs() -> None:
    policies = [ifthen.load_policy("anthropic/rsp@2.2")]
    record = ifthen.parse_record(ifthen.Source("r.yaml", "record: Lab\nfacts: []\n"))
    ruling = ifthen.rule(policies, record, ifthen.moment("2025-08-05"), throughout=True)
    assert ruling.faults == ()
