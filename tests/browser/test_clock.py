"""The clock on the pages of a draft ticks, and it is the server's: this browser's own clock stands half a year away."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from grants.demo.stage import OWNER
from tests.browser.conftest import OpenPage
from tests.browser.town import Town

SHOWN = re.compile(r"ponedeljek, 4\. maj(a)? 2026.* 10:\d\d:\d\d")


def test_the_clock_of_the_server_ticks_on_the_form(town: Town, page_of: OpenPage) -> None:
    page = page_of(OWNER)
    page.goto(town.url("vloge/{own_draft}/obrazec"))
    clock = page.locator("[data-clock]")
    expect(clock).to_have_text(SHOWN)
    expect(page.locator("[data-left]")).to_be_visible()
    expect(page.locator("[data-left]")).to_have_text(re.compile(r"^Še \d+ d \d\d:\d\d:\d\d$"))
    before = clock.text_content()
    page.wait_for_timeout(2200)
    assert clock.text_content() != before
    expect(clock).to_have_text(SHOWN)


def test_without_scripts_it_is_the_second_in_which_the_page_was_made(town: Town, page_of: OpenPage) -> None:
    page = page_of(OWNER, java_script_enabled=False)
    page.goto(town.url("vloge/{own_draft}/oddaja"))
    expect(page.locator("[data-clock]")).to_have_text(re.compile(r"ponedeljek, 4\. maja 2026, 10:\d\d:\d\d \(CEST\)"))
    expect(page.locator("[data-left]")).to_be_hidden()
