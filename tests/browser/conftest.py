"""Chromium in front of a small municipality. Every page that a test opens must load without one complaint in the console."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from sqlalchemy import create_engine, text

from grants.demo.stage import Person
from tests.browser.town import Founded, Town, found, serve
from tests.conftest import unavailable

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--disable-dev-shm-usage",
]  # fmt: skip
EXPECTED = ("status of 409", "status of 422")
"""Refusals that keep what was typed; the console names every answer above 400."""

OpenPage = Callable[..., Page]


@pytest.fixture(autouse=True)
def clock() -> None:
    """The clock of `town` runs, for the server's threads too; tests do not move it."""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium."""
    path = shutil.which("chromium")
    if path is None:
        unavailable("chromium is not installed")
    with sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=path, args=FLAGS)
        yield chromium
        chromium.close()


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Founded:
    """The municipality on SQLite, made once."""
    folder = tmp_path_factory.mktemp("founded")
    return found(folder, f"sqlite:///{folder / 'grants.sqlite3'}")


@pytest.fixture(scope="module")
def town(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """The municipality, on SQLite unless a module asks for both databases by indirect parameters."""
    folder = tmp_path_factory.mktemp("town")
    if getattr(request, "param", "sqlite") == "postgresql":
        server = request.getfixturevalue("postgresql")
        engine = create_engine(server, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text("DROP DATABASE IF EXISTS town WITH (FORCE)"))
            connection.execute(text("CREATE DATABASE town"))
        engine.dispose()
        address = server.replace("/postgres?", "/town?")
        made = found(folder, address)
    else:
        first: Founded = request.getfixturevalue("founded")
        shutil.copytree(first.folder, folder, dirs_exist_ok=True)
        made, address = replace(first, folder=folder), f"sqlite:///{folder / 'grants.sqlite3'}"
    with serve(made, address) as served:
        yield served


@pytest.fixture(params=["sl", "it"])
def language(request: pytest.FixtureRequest, town: Town) -> Iterator[str]:
    """A journey that asks for it is made in both languages of the municipality (`town.say`, `town.url`)."""
    town.language = request.param
    yield request.param
    town.language = "sl"


@pytest.fixture
def page_of(browser: Browser, town: Town) -> Iterator[OpenPage]:
    """`page_of(person)`: a page of somebody who has signed in (nobody: a visitor). Complaints in the console fail the test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def listen(page: Page) -> None:
        page.on(
            "console", lambda message: complaints.append(f"{page.url}: {message.text}") if message.type in ("error", "warning") else None
        )
        page.on("pageerror", lambda error: complaints.append(f"{page.url}: {error}"))

    def opened(person: Person | None = None, *, wide: bool = True, may_complain: bool = False, **options: Any) -> Page:
        context = browser.new_context(viewport={"width": 1280, "height": 1000} if wide else {"width": 360, "height": 800}, **options)
        contexts.append(context)
        context.set_default_timeout(15_000)
        if person is not None:
            context.add_cookies([{"name": "session", "value": town.session_of(person), "url": town.address}])
        page = context.new_page()
        if not may_complain:  # the console names every request that could not be made
            listen(page)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert [one for one in complaints if not any(expected in one for expected in EXPECTED)] == []
