"""The form in Chromium: characters counted as the server counts them, questions that appear at once, the plan while one types."""

from __future__ import annotations

import json
import re
import unicodedata

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from playwright.sync_api import Page, expect

from scoring.facts import clean_text
from tests.browser.conftest import OpenPage
from tests.browser.town import FRESH, Town

pytestmark = pytest.mark.browser
ODD = "\r\n\t \u00a0\u0085\u2028\ufeff\u200b\u202e\u2066\x00\x1c\x1fe\u0301č🎵👩\u200d👧あ"
SETTINGS = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def known(text: str) -> bool:
    """Whether all signs are in the Unicode of this Python; a newer browser may compose others in its own way."""
    return all(unicodedata.category(one) != "Cn" for one in text)


@pytest.fixture
def counter(page_of: OpenPage, town: Town) -> Page:
    page = page_of()
    page.goto(town.url("razpisi"))
    page.evaluate("async (address) => { window.counted = await import(address); }", f"{town.address}/static/js/count.mjs")
    return page


@given(st.lists(st.one_of(st.text(max_size=30).filter(known), st.text(alphabet=ODD, max_size=30)), min_size=20, max_size=60))
@SETTINGS
def test_the_live_counter_and_the_server_count_the_same(counter: Page, texts: list[str]) -> None:
    told = counter.evaluate("(texts) => JSON.stringify(texts.map((one) => window.counted.count(one)))", texts)
    assert json.loads(told) == [len(clean_text(one)) for one in texts]


def begin(page: Page, town: Town) -> None:
    page.goto(town.url("razpisi/{projects}/prijava/project"))
    page.get_by_role("button", name=town.say("Begin the draft")).click()
    expect(page.locator("#form")).to_be_visible()


def test_questions_and_the_plan_follow_what_is_typed(town: Town, page_of: OpenPage) -> None:
    page = page_of(FRESH)
    begin(page, town)
    licences = page.locator("#f_licences")
    expect(licences).to_be_hidden()
    page.locator("#f_coached").check(force=True)
    expect(licences).to_be_visible()
    expect(page.locator("#f_aid")).to_be_hidden()
    licences.fill("3")
    expect(page.locator("#f_aid")).to_be_visible()
    page.select_option("[name=f_costs-0-f_category]", "fees")
    page.fill("[name=f_costs-0-f_amount]", "100")
    page.fill("#f_own", "40")
    page.fill("#f_requested", "59,99")
    plan = page.locator("[data-live=plan]")
    expect(plan).to_contain_text("0,01")
    expect(page.locator("[data-live=total-costs]")).to_contain_text("100,00")
    page.fill("#f_requested", "60")
    expect(plan).to_contain_text(town.say("Both sides are equal."))
    expect(page.locator("#f_total_costs")).to_contain_text("100,00")


def test_a_single_line_counts_too_once_little_is_left(town: Town, page_of: OpenPage) -> None:
    page = page_of(FRESH)
    page.goto(town.url("razpisi/{short}/prijava/operating"))
    page.get_by_role("button", name=town.say("Begin the draft")).click()
    for field in ("f_leader", "f_events-0-f_title"):
        said = page.locator(f"[id='{field}-info']")
        page.fill(f"[name={field}]", "č" * 59)
        expect(said).to_be_hidden()
        page.fill(f"[name={field}]", "🎻" * 61)
        expect(said).to_have_text("Na voljo imate še 19 znakov")
        page.fill(f"[name={field}]", "č" * 81)
        expect(said).to_have_text("1 znak preveč")
        expect(said).to_have_class(re.compile("govuk-error-message"))
        assert page.input_value(f"[name={field}]") == "č" * 81, "nothing is cut off"
