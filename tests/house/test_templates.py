"""Templates compile, belong to an address, have a title and one h1."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

ROOT = Path(__file__).parents[2] / "templates"
PAGES = sorted(path for path in ROOT.glob("*/*.html") if path.parent.name not in ("kit", "documents", "mail"))
ALL = sorted(ROOT.rglob("*.*"))


@pytest.fixture(scope="module")
def jinja(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    from tests.conftest import build_app

    folder = tmp_path_factory.mktemp("templates")
    return build_app(folder, f"sqlite:///{folder / 'none.sqlite3'}")


def test_every_template_compiles(jinja: Flask) -> None:
    for path in ALL:
        jinja.jinja_env.get_template(str(path.relative_to(ROOT)))


@pytest.mark.parametrize("path", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_every_page_has_a_title_and_one_h1(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    if path.name.startswith("_"):
        return  # a piece of pages
    assert "{% extends" in source, f"{path.name} is no page: name it _{path.name}"
    if 'extends "layout.html"' in source:
        assert "block title" in source
        assert len(re.findall(r"<h1[ >]", source)) >= 1


def test_every_page_of_a_stage_is_named_after_its_endpoint(jinja: Flask) -> None:
    endpoints = set(jinja.view_functions)
    strays = []
    for path in PAGES:
        stage = path.parent.name
        if stage in ("errors", "security") or path.name.startswith("_"):
            continue
        if f"{stage}.{path.stem}" not in endpoints:
            strays.append(f"{stage}/{path.name}")
    assert strays == []
