"""Rules of the house that a machine can read off the source."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted([*ROOT.glob("grants/**/*.py"), *ROOT.glob("scoring/**/*.py")])


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def where(path: Path, node: ast.AST) -> str:
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"


def parsed() -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in SOURCES]


def test_only_the_transaction_room_commits() -> None:
    found = [
        where(path, call)
        for path, tree in parsed()
        if path.name != "transaction.py"
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute) and call.func.attr == "commit"
    ]
    assert found == []


def test_no_status_is_assigned_outside_the_workflow_room() -> None:
    found = []
    for path, tree in parsed():
        if path.name == "workflow.py":
            continue
        for node in ast.walk(tree):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
            found += [where(path, node) for target in targets if isinstance(target, ast.Attribute) and target.attr == "status"]
    assert [place for place in found if "self.status" not in place and "errors.py" not in place] == []


def test_only_the_clock_room_reads_the_time() -> None:
    found = []
    for path, tree in parsed():
        if path.name == "clock.py":
            continue
        for call in calls(tree):
            if isinstance(call.func, ast.Attribute) and call.func.attr in ("now", "utcnow", "today"):
                owner = call.func.value
                if isinstance(owner, ast.Name) and owner.id in ("datetime", "date"):
                    found.append(where(path, call))
    assert found == []


def test_no_float_comes_near_money_or_points() -> None:
    found = []
    for path, tree in parsed():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "float":
                found.append(where(path, node))
            if isinstance(node, ast.Constant) and isinstance(node.value, float) and "scoring" in path.parts:
                found.append(where(path, node))
    assert found == []


@pytest.mark.parametrize("path", [p for p in SOURCES if p.name != "__init__.py"], ids=lambda p: str(p.relative_to(ROOT)))
def test_every_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), path


def test_rooms_do_not_outgrow_the_house() -> None:
    grown = {str(path.relative_to(ROOT)): n for path in SOURCES if (n := len(path.read_text(encoding="utf-8").splitlines())) > 480}
    assert grown == {}


def test_packages_export_nothing() -> None:
    for path in SOURCES:
        if path.name == "__init__.py" and path.parent.name != "scoring":
            tree = ast.parse(path.read_text(encoding="utf-8"))
            assert all(isinstance(node, ast.Expr) for node in tree.body), path


def test_nothing_named_helper_or_manager() -> None:
    refused = {"helper", "helpers", "manager", "utils", "util", "handler", "process", "info", "misc", "common"}
    assert [str(path.relative_to(ROOT)) for path in SOURCES if path.stem in refused] == []
