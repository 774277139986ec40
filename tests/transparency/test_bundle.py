"""The bundle: a stranger with the package `scoring` alone recomputes every cent, and every lie in it is named."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask

from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from grants.decisions import actions
from grants.decisions import queries as decisions
from grants.transparency import bundle
from scoring.bundle import FORMAT, PARTS, canonical_json, verify_bundle
from tests.decisions.builders import make_drafted, make_issued, make_scored, signer_in_session

ROOT = Path(__file__).parents[2]


@pytest.fixture
def issued(app: Flask) -> Call:
    return db.session.get_one(Call, make_issued().call_id)


def verified(path: Path) -> subprocess.CompletedProcess[str]:
    """As a journalist would: another process, which knows `scoring` and nothing of the web application."""
    code = "import sys, runpy; sys.modules['flask'] = None; sys.modules['sqlalchemy'] = None; sys.argv[0] = 'scoring'; runpy.run_module('scoring', run_name='__main__')"
    return subprocess.run(
        [sys.executable, "-c", code, "verify", str(path)], cwd=path.parent, capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip


def test_a_stranger_recomputes_it(issued: Call, tmp_path: Path) -> None:
    made = bundle.file_of(issued)
    path = tmp_path / made.name
    path.write_bytes(made.data)
    run = verified(path)
    assert (run.returncode, run.stdout.splitlines()[-1]) == (0, "6 awards recomputed, 0 differ"), run.stdout + run.stderr
    assert made.data == canonical_json(json.loads(made.data))
    assert bundle.file_of(issued).data == made.data


def _cent(data: dict[str, Any]) -> None:
    data["awards"][1]["awards"][0]["amount_cents"] += 1


def _mark(data: dict[str, Any]) -> None:
    key = next(key for key in sorted(data["marks"]) if key.startswith("support"))
    data["marks"][key][0]["points"] = "1"


def _fact(data: dict[str, Any]) -> None:
    data["facts"]["A001"]["members"] = 3


def _rule(data: dict[str, Any]) -> None:
    data["rulebook"]["tracks"][0]["pots"][1]["amount"] = "1100.00"


@pytest.mark.parametrize(
    ("lie", "named"),
    [(_cent, "A001 support: published 1200.01 EUR, recomputed 1200.00 EUR"), (_mark, "A001 support: published 38 points"), (_fact, "A001 support: published 38 points"), (_rule, "pot support: amount published 1000.00 EUR, recomputed 1100.00 EUR")],
)  # fmt: skip
def test_a_changed_cent_mark_fact_or_rule_is_named(issued: Call, tmp_path: Path, lie: Callable[[dict[str, Any]], None], named: str) -> None:
    data = json.loads(bundle.file_of(issued).data)
    lie(data)
    path = tmp_path / "lie.json"
    path.write_bytes(canonical_json(data))
    run = verified(path)
    assert run.returncode == 1
    assert "its hash differs" in run.stdout and named in run.stdout, run.stdout
    # The hashes can be forged as well; the numbers still do not follow from the rules.
    import hashlib

    parts = {name: data[name] for name in PARTS}
    data["sha256"] = {name: hashlib.sha256(canonical_json(part)).hexdigest() for name, part in parts.items()}
    data["sha256"]["bundle"] = hashlib.sha256(canonical_json({"format": FORMAT, **parts})).hexdigest()
    differences = verify_bundle(data).differences
    assert any(named in difference for difference in differences), differences
    assert not any("hash" in difference for difference in differences)


def test_it_names_recipients_and_nobody_else(issued: Call) -> None:
    made = bundle.file_of(issued)
    text, data = made.data.decode(), json.loads(made.data)
    assert sorted(one["name"] for one in data["call"]["recipients"].values()) == ["Kulturno društvo Sidro", "Športno društvo Burja"]
    for secret in (
        "Pod pragom",
        "Oseba Zasebna",
        "Živa Škrjanec",
        "Vida Kos",
        "Članica",
        "ne navaja vseh",
        "drustvo.example",
        "671-1/2026-",
    ):
        assert secret not in text
    assert set(data["facts"]) == {"A001", "A002", "A003"}
    assert set(data["facts"]["A003"]) == {"members", "youth", "costs", "requested"}
    assert data["agreements"]["support A003"][0]["reason"] == {}, "the words about who got nothing are not published"
    assert data["agreements"]["support A001"][0]["reason"]["it"].startswith("Il piano")
    assert {mark["member"] for mark in data["marks"]["support A001"]} == {"member-1", "member-2", "member-3"}


def test_there_is_none_until_a_pot_is_decided_whole(app: Flask) -> None:
    call = make_scored()
    make_issued(call, ["costs"])
    data = bundle.of_call(db.session.get_one(Call, call.id))
    assert [result["pot"] for result in data["awards"]] == ["costs"]
    make_drafted(call, ["support"])
    assert [result["pot"] for result in bundle.of_call(db.session.get_one(Call, call.id))["awards"]] == ["costs"]


def test_pots_divided_one_after_the_other_are_recomputed_together(app: Flask) -> None:
    call = make_scored()
    make_issued(call, ["costs"])
    make_issued(call, ["support"])
    data = bundle.of_call(db.session.get_one(Call, call.id))
    assert verify_bundle(data).differences == ()
    assert [(result["pot"], result["joined_cents"], result["paid_cents"]) for result in data["awards"]] == [
        ("costs", 0, 15000),
        ("support", 35000, 135000),
    ]


@pytest.mark.parametrize("together", [False, True], ids=["one after the other", "in one distribution"])
def test_a_pot_with_a_leftover_of_one_that_is_not_public_yet_is_recomputed(app: Flask, together: bool) -> None:
    call = make_scored()
    if together:
        costs = [one for one in make_drafted(call) if one.award.pot == "costs"]
        with unit_of_work():
            for decision in decisions.decisions_of(decisions.get_proposal(costs[0].award.proposal_id)):
                if decision.award.pot == "support":
                    actions.issue(decision, by=signer_in_session())
    else:
        costs = make_drafted(call, ["costs"])
        make_issued(call, ["support"])
    identities = [one.id for one in costs]
    first = bundle.of_call(db.session.get_one(Call, call.id))
    assert [(one["pot"], one["joined_cents"]) for one in first["awards"]] == [("support", 35000)]
    assert first["carried"] == {"costs": 35000}
    assert verify_bundle(first).differences == ()
    with unit_of_work():
        for identity in identities:
            actions.issue(decisions.get_decision(identity), by=signer_in_session())
    whole = bundle.of_call(db.session.get_one(Call, call.id))
    assert "carried" not in whole and verify_bundle(whole).differences == ()
    assert verify_bundle(first, [whole]).differences == (), "what was carried over is what the other result left"


def test_the_command_writes_the_same_file(issued: Call, tmp_path: Path) -> None:
    from grants.transparency import commands

    reference, made = issued.reference, bundle.file_of(issued)
    path = tmp_path / "bundle.json"
    run = CliRunner().invoke(commands.group, [reference, str(path)])
    assert run.exit_code == 0, run.output
    assert path.read_bytes() == made.data and made.sha256 in run.output
    missing = CliRunner().invoke(commands.group, ["671-999/2026", str(path)])
    assert missing.exit_code == 1 and "no call" in missing.output
