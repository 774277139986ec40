"""Who may open what: every address declares its rule, and every role's answer at every address stands in one table.

The table is `access.csv` beside this file. A new address fails here until its row is written:
`python -m tests.house.write_access_table` writes what the product answers now; read the difference before you commit it.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from flask import Flask

from grants.base.access import rule_of
from tests.house.world import ROLES, World, answers_of

TABLE = Path(__file__).parent / "access.csv"


def table() -> dict[str, dict[str, str]]:
    with TABLE.open(encoding="utf-8", newline="") as handle:
        return {row["address"]: row for row in csv.DictReader(handle)}


def test_every_endpoint_declares_who_may_use_it(app: Flask) -> None:
    assert [rule.endpoint for rule in app.url_map.iter_rules() if rule_of(app, rule.endpoint) is None] == []


def test_every_address_stands_in_the_table(world: World) -> None:
    assert sorted(table()) == sorted(world.addresses())


def test_the_table_says_which_rule_an_address_declared(world: World) -> None:
    declared = {address: world.rule(address) for address in world.addresses()}
    assert {address: row["rule"] for address, row in table().items()} == declared


@pytest.mark.parametrize("role", ROLES)
def test_every_role_gets_the_answer_of_the_table_everywhere(world: World, role: str) -> None:
    expected = {address: row[role] for address, row in table().items()}
    assert answers_of(world, role) == expected


def test_strangers_are_never_told_that_a_thing_exists(world: World) -> None:
    """Where somebody else's application, organisation, sheet or decision is named, a stranger gets 404 and never 403."""
    private = ("application", "organisation", "member", "sheet", "decision", "proposal", "evaluation", "attachment")
    for address, row in table().items():
        named = any(f"<int:{word}_id>" in address for word in private)
        if named and row["anonymous"] != "200":  # what everybody may read is nobody's secret
            assert row["stranger"] in ("404", "405"), address
