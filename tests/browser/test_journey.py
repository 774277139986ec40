"""The steps that matter most, in Chromium as people take them: an application, a sheet by keyboard alone, signed decisions; and without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyotp
import pytest
from playwright.sync_api import Page, expect

from grants.base import clock
from grants.demo.stage import MEMBER_TWO, PASSWORD, SIGNER, TOTP_SECRET, Person
from tests.applications.answers import small_pdf
from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import sideways
from tests.browser.town import FRESH, FRESH_THREE, FRESH_TOO, Town

pytestmark = [pytest.mark.browser, pytest.mark.parametrize("town", ["sqlite", "postgresql"], indirect=True)]
STATUTE = {"name": "statut.pdf", "mimeType": "application/pdf", "buffer": small_pdf("statut.pdf", "Statut").data}
MOST_TABS = 60


@pytest.fixture(autouse=True)
def _language(town: Town) -> Iterator[None]:
    """On SQLite the journeys are made in Slovenian, on PostgreSQL in Italian."""
    town.language = "it" if town.app.config["SETTINGS"].database_url.startswith("postgresql") else "sl"
    yield


def sign_in(page: Page, town: Town, person: Person) -> None:
    """Through the form, with the code from the phone where there is one."""
    page.goto(town.url("racun/prijava"))
    page.fill("#email", person.email)
    page.fill("#password", PASSWORD)
    page.get_by_role("button", name=town.say("Sign in"), exact=True).click()
    if person.role:
        page.fill("#code", pyotp.TOTP(TOTP_SECRET).at(clock.now()))
        page.get_by_role("button", name=town.say("Go on"), exact=True).click()
    expect(page.locator(".m-account__name")).to_have_text(person.name)


def press(page: Page, town: Town, english: str) -> None:
    """Press the button with these words."""
    page.get_by_role("button", name=town.say(english)).locator("visible=true").first.click()


def fill_in_and_submit(page: Page, town: Town, *, scripts: bool) -> None:
    """From the page of the call to the receipt. No page on the way is wider than the window."""
    page.goto(town.url("razpisi/{short}"))
    page.locator("a.govuk-button--start").click()
    press(page, town, "Begin the draft")
    expect(page.locator(".m-state--draft")).to_contain_text(town.say("Draft, not submitted"))
    page.fill("#f_members", "48")
    page.fill("#f_leader", "Živa Skrivna")
    page.fill("#f_plan", "Vadba trikrat na teden.")
    page.fill("[name=f_events-0-f_title]", "Regata")
    rows = page.locator("[data-rows-body] [data-row]")
    expect(rows).to_have_count(1)
    press(page, town, "Add a row")
    expect(rows).to_have_count(2)
    if scripts:
        assert page.evaluate("document.activeElement.name") == "f_events-1-f_title", "the new row has the focus"
    page.fill("[name=f_events-1-f_title]", "Zimski pohod")
    page.fill("#f_requested", "tisoč")
    press(page, town, "Save the draft")
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    assert page.input_value("#f_requested") == "tisoč" and page.input_value("[name=f_events-1-f_title]") == "Zimski pohod"
    page.fill("#f_requested", "1.900,50")
    page.set_input_files("#f_statute", files=[STATUTE])
    assert sideways(page) == 0
    press(page, town, "Save and check before submitting")
    page.locator("input[name=declared]").check(force=True)
    assert sideways(page) == 0
    press(page, town, "Submit the application")
    expect(page.locator(".m-state--submitted")).to_be_visible()
    expect(page.locator("h1")).to_have_text(town.say("The application is submitted"))
    assert sideways(page) == 0


def test_an_applicant_fills_in_adds_a_row_saves_and_submits_on_a_phone(town: Town, page_of: OpenPage) -> None:
    page = page_of(wide=False, has_touch=True, is_mobile=True)
    sign_in(page, town, FRESH)
    fill_in_and_submit(page, town, scripts=True)
    page.get_by_role("link", name=town.say("To the application")).click()
    expect(page.locator(".m-timeline__what").first).to_be_visible()


def test_everything_works_without_scripts(town: Town, page_of: OpenPage) -> None:
    page = page_of(java_script_enabled=False, wide=False)
    sign_in(page, town, FRESH_TOO)
    fill_in_and_submit(page, town, scripts=False)


def test_what_was_typed_is_not_left_without_a_word(town: Town, page_of: OpenPage) -> None:
    page = page_of(FRESH)
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(town.url("organizacije/nova"))
    page.fill("#name", "Društvo v nastajanju")
    page.goto(town.url("razpisi"))
    assert asked == ["beforeunload"]


def tab_to(page: Page, name: str) -> None:
    """Press the tab key until a field or button with this name, or these words, has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(
            "(({name, value, textContent}) => name ? name + '=' + value : textContent.trim())(document.activeElement)"
        ).startswith(name):
            return
    raise AssertionError(f"{name} is not reached by {MOST_TABS} tabs")


def typed(page: Page, name: str, text: str) -> None:
    """Go to a field with the tab key and write in it."""
    tab_to(page, f"{name}=")
    page.keyboard.type(text)


def test_an_applicant_applies_by_keyboard_alone(town: Town, page_of: OpenPage) -> None:
    page = page_of(FRESH_THREE)
    page.goto(town.url("razpisi/{short}/prijava/operating"))
    tab_to(page, "organisation=")
    page.keyboard.press("Space")
    tab_to(page, town.say("Begin the draft"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/obrazec")
    typed(page, "f_members", "21")
    tab_to(page, "f_youth=")
    page.keyboard.press("Space")
    typed(page, "f_leader", "Tjaša Tretja")
    typed(page, "f_plan", "Dve vadbi na teden.")
    typed(page, "f_events-0-f_title", "Pohod")
    tab_to(page, "f_statute=")
    page.on("filechooser", lambda chooser: chooser.set_files(files=[STATUTE]))
    page.wait_for_timeout(300)  # the browser is told first that somebody answers its window
    page.keyboard.press("Enter")
    expect(page.locator("[data-attached]")).to_have_count(1)
    typed(page, "f_requested", "900")
    tab_to(page, "check=")
    page.keyboard.press("Enter")
    page.wait_for_url("**/oddaja")
    tab_to(page, "declared=")
    page.keyboard.press("Space")
    tab_to(page, town.say("Submit the application"))
    page.keyboard.press("Enter")
    page.wait_for_url("**/potrdilo")
    expect(page.locator(".m-state--submitted")).to_be_visible()


def test_a_member_scores_by_keyboard_alone(town: Town, page_of: OpenPage) -> None:
    page = page_of(MEMBER_TWO)
    page.goto(town.url("ocenjevanja/{project}/vloge/{competing}"))
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.getAttribute('href')") == "#main", "first the way past the navigation"
    page.keyboard.press("Enter")
    criteria = page.locator("[name^=points-]").evaluate_all("fields => fields.map(field => field.name.slice(7))")
    assert len(criteria) >= 3
    for criterion in criteria:
        tab_to(page, f"points-{criterion}=")
        page.keyboard.type("5")
        tab_to(page, f"reason-{criterion}=")
        page.keyboard.type("Načrt ne pove, kdo bo izvajal program.")
    tab_to(page, "do=finish")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ocenjevanje")
    expect(page.locator("[data-flash]")).to_be_focused()
    page.goto(town.url("ocenjevanja/{project}/vloge/{competing}"))
    expect(page.locator(".m-state--submitted")).to_be_visible()


def test_the_signer_adopts_issues_and_watches_the_documents_being_made(town: Town, page_of: OpenPage) -> None:
    page = page_of()
    sign_in(page, town, SIGNER)
    page.goto(town.url("razdelitve/{proposal}"))
    press(page, town, "Adopt the distribution")
    press(page, town, "Issue all decisions")
    count = page.locator("[data-progress-count]")
    expect(count).to_have_text(re.compile("^0 "))
    town.work()
    expect(page.locator("progress")).to_have_attribute("value", re.compile("[1-9]"))
    expect(page.locator("[data-progress][data-source]")).to_have_count(0, timeout=20_000)  # it has loaded itself once more
    expect(page.locator(".m-progress__text")).to_contain_text(town.say("All done"))
    page.locator("tbody a").first.click()
    with page.expect_download() as saved:
        page.get_by_role("link", name=town.say("Download the document")).click()
    assert saved.value.path().read_bytes().startswith(b"%PDF-")
