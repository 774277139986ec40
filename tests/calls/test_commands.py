"""`grants call lint` and `grants call publish`."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from flask import Flask

from grants.calls.commands import group
from grants.calls.queries import find_call
from grants.calls.states import CallStatus
from tests.calls.builders import SMALL, full_content, make_officer


@pytest.fixture
def rulebook(tmp_path: Path) -> Path:
    path = tmp_path / "rulebook.yaml"
    path.write_text(SMALL, encoding="utf-8")
    return path


def content(tmp_path: Path, **changes: object) -> Path:
    (tmp_path / "pogodba.pdf").write_bytes(b"%PDF-1.7\n%%EOF")
    data = {
        "reference": "671-9/2026", "title": {"sl": "Razpis", "it": "Bando"}, "area": "sport", "regime": "sport", "kind": "razpis",
        "languages": ["sl", "it"], "content": full_content(), "budget_line": "18059001", "opens_at": "2026-05-05 08:00:00",
        "closes_at": "2026-06-05 12:00:00", "opening_at": "2026-06-08 09:00:00", "decisions_due": "2026-09-01",
        "acknowledged": {"band_gap": "Tako piše v odloku."}, "documents": [{"file": "pogodba.pdf", "title": {"sl": "Vzorec pogodbe"}}],
    } | changes  # fmt: skip
    path = tmp_path / "call.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return path


def test_lint_says_where(rulebook: Path) -> None:
    result = CliRunner().invoke(group, ["lint", str(rulebook)])
    assert result.exit_code == 0
    assert f"{rulebook}:32:157: warning" in result.output and "0 errors, 1 warnings" in result.output
    rulebook.write_text(SMALL.replace("holds: members >= 5", "holds: 5 5"), encoding="utf-8")
    result = CliRunner().invoke(group, ["lint", str(rulebook)])
    assert result.exit_code == 1 and ":24:" in result.output
    rulebook.write_bytes(b"\xff\xfe")
    assert "not UTF-8" in CliRunner().invoke(group, ["lint", str(rulebook)]).output


def test_publish_from_files(app: Flask, rulebook: Path, tmp_path: Path) -> None:
    officer = make_officer()
    result = CliRunner().invoke(group, ["publish", str(rulebook), "--content", str(content(tmp_path)), "--by", officer.email])
    assert result.exit_code == 0, result.output
    call = find_call("671-9/2026")
    assert call is not None and call.status == CallStatus.PUBLISHED
    assert [document.name for document in call.documents] == ["pogodba.pdf"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"acknowledged": {}}, "not accepted"),
        ({"closes_at": "2026-10-25 02:30:00"}, "occurs twice"),
        ({"closes_at": "noon"}, "local time"),
        ({"colour": "red"}, "not known: colour"),
        ({"area": "culture"}, "area"),
        ({"content": {}}, "Missing"),
    ],
)
def test_what_keeps_a_call_from_publication_is_said(
    app: Flask, rulebook: Path, tmp_path: Path, changes: dict[str, object], said: str
) -> None:
    officer = make_officer()
    result = CliRunner().invoke(group, ["publish", str(rulebook), "--content", str(content(tmp_path, **changes)), "--by", officer.email])
    assert result.exit_code == 1
    assert said in result.output
    assert find_call("671-9/2026") is None


def test_an_unknown_officer(app: Flask, rulebook: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(group, ["publish", str(rulebook), "--content", str(content(tmp_path)), "--by", "nobody@obala.example"])
    assert result.exit_code == 1 and "no account" in result.output
