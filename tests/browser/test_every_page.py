"""Every page that a visitor or an applicant can open, by the table of who may open what: axe finds nothing, and it fits on a phone."""

from __future__ import annotations

import csv
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser
from werkzeug.serving import make_server

from grants.accounts.queries import find_user
from tests.browser.test_accessibility import complaints, sideways
from tests.conftest import sign_in
from tests.house.conftest import world as world
from tests.house.test_access import TABLE
from tests.house.world import BY_ROLE, World

pytestmark = pytest.mark.browser
WINDOWS = {"a desk": (1280, 1000), "a phone": (360, 800), "a window of 1280 × 1024 at 400 %": (320, 256)}
AXE = {"sl": 1280, "it": 320}
"""In which window axe looks at the pages of a language: in each once, and at each window in one of them."""
LEAST = {"anonymous": 15, "owner": 38}
"""So many pages there are at least: a table that shrinks by mistake is noticed."""


@pytest.fixture
def address(world: World) -> Iterator[str]:
    server = make_server("127.0.0.1", 0, world.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join(10)
    server.server_close()


def open_to(world: World, role: str) -> list[str]:
    """The addresses that answer with a page of ours."""
    with TABLE.open(encoding="utf-8", newline="") as handle:
        answered = {row["address"]: row[role] for row in csv.DictReader(handle)}
    client = world.app.test_client()
    if person := BY_ROLE[role]:
        sign_in(client, find_user(person.email))
    rules = [rule for rule in world.rules() if answered.get(f"GET {world.path(rule)}") == "200"]
    found = [world.url(rule) for rule in rules if "<lang>" in world.path(rule)]
    return [url for url in found if client.get(url).mimetype == "text/html"]


@pytest.mark.parametrize("language", ["sl", "it"])
@pytest.mark.parametrize("role", LEAST)
def test_axe_finds_nothing_on_any_page_and_nothing_scrolls_sideways(
    world: World, address: str, browser: Browser, role: str, language: str
) -> None:
    urls = open_to(world, role)
    assert len(urls) >= LEAST[role], urls
    context = browser.new_context()
    if person := BY_ROLE[role]:
        client: Any = world.app.test_client()
        sign_in(client, find_user(person.email))
        context.add_cookies([{"name": "session", "value": client.get_cookie("session").value, "url": address}])
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on("console", lambda said: faults.append(f"{page.url}: {said.text}") if said.type in ("error", "warning") else None)
    for url in urls:
        answer = page.goto(address + url.replace("/sl", f"/{language}", 1))
        assert answer is not None and answer.status == 200, page.url
        for name, (width, height) in WINDOWS.items():
            page.set_viewport_size({"width": width, "height": height})
            if over := sideways(page):
                faults.append(f"{page.url}: {over} px wider than {name}")
            if width == AXE[language]:
                faults += [f"{page.url} on {name}: {one}" for one in complaints(page)]
    context.close()
    assert faults == []
