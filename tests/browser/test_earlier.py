"""Last year's answers beside the form, on a phone, with the keyboard alone: in Slovenian, in Italian, and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from grants.accounts.models import Membership, User
from grants.applications.actions import drafting
from grants.applications.models import Application
from grants.base import clock
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.calls.models import Call
from grants.demo.stage import OWNER
from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import complaints, sideways
from tests.browser.test_autosave import kept
from tests.browser.town import Town

pytestmark = pytest.mark.browser
MOST_TABS = 120


@pytest.fixture
def draft(town: Town) -> int:
    """The draft of a club that applied a year ago, emptied again."""
    with town.app.app_context():
        call = select(Call.id).where(Call.reference == "671-12/2026")
        clubs = select(Membership.organisation_id).join(User).where(User.email == OWNER.email)
        found = db.session.scalars(
            select(Application.id).where(Application.call_id.in_(call), Application.organisation_id.in_(clubs))
        ).one()
        with unit_of_work():
            application = db.session.get_one(Application, found)
            owner = db.session.scalars(select(User).where(User.email == OWNER.email)).one()
            empty = {name: [] if isinstance(value, list) else "" for name, value in application.answers.items()}
            assert not drafting.save(application, empty, version=application.version, by=owner)
        db.session.remove()
    return found


def form(page: Page, town: Town, draft: int, language: str) -> None:
    page.goto(town.url(f"vloge/{draft}/obrazec", language))


def tab_to(page: Page, name: str) -> None:
    """Press the tab key until the button or field with this name and value has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("(document.activeElement.name || '') + '=' + (document.activeElement.value || '')") == name:
            return
    raise AssertionError(f"{name} is not reached by {MOST_TABS} tabs")


def unfold(page: Page, question: str) -> None:
    """Press the tab key until what is folded below a question has the focus, and open it with the Enter key."""
    inside = f"document.activeElement.tagName === 'SUMMARY' && !!document.activeElement.closest('[data-question={question}] .m-earlier')"
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate(inside):
            page.keyboard.press("Enter")
            return
    raise AssertionError(f"the earlier answer of {question} is not reached by {MOST_TABS} tabs")


def seen(page: Page) -> None:
    """axe has nothing to say, folded and unfolded, and nothing scrolls sideways."""
    assert complaints(page) == [] and sideways(page) == 0
    page.evaluate("for (const one of document.querySelectorAll('form details')) one.open = true")
    assert complaints(page) == [] and sideways(page) == 0
    page.evaluate("for (const one of document.querySelectorAll('form details')) one.open = false")


@pytest.mark.parametrize(("language", "scripts"), [("sl", True), ("it", True), ("sl", False)])
def test_answers_are_copied_with_the_keyboard_alone(town: Town, page_of: OpenPage, draft: int, language: str, scripts: bool) -> None:
    page = page_of(OWNER, wide=False, java_script_enabled=scripts)
    form(page, town, draft, language)
    if scripts:
        seen(page)
    year = str(clock.now().year - 1)
    changed = page.locator("[data-question=programme]")
    expect(changed).to_contain_text(town.say("Changed since %(year)s", language) % {"year": year})
    expect(page.locator("[data-question=website]")).to_contain_text(town.say("New question", language))
    tab_to(page, "f_website=")
    page.keyboard.type("https://galeb.example")
    unfold(page, "programme")
    tab_to(page, "copy_answer=programme")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/{language}/vloge/{draft}/obrazec?prepisano=programme#f_programme")
    assert "Vadimo štirikrat na teden" in page.input_value("#f_programme")
    if scripts:
        expect(page.locator("#f_programme")).to_be_focused()
    assert page.input_value("#f_website") == "https://galeb.example", "what was typed before is saved"
    expect(changed).to_contain_text(town.say("The same answer as in %(year)s, but the question has changed: please read it again.", language) % {"year": year})  # fmt: skip
    page.goto(town.url(f"vloge/{draft}/obrazec", language))
    tab_to(page, "copy_answers=1")
    page.keyboard.press("Enter")
    expect(page.locator("[data-flash]")).to_be_visible()
    assert (page.input_value("#f_website"), page.input_value("#f_members")) == ("https://galeb.example", "86")
    assert [row["name"] for row in kept(town, draft, "groups")] == ["Mladi galebi", "Kadeti", "Člani"]  # type: ignore[attr-defined]
    assert not kept(town, draft, "declares_true"), "on it depends who may take part"
    if scripts:
        seen(page)


def test_what_was_typed_does_not_come_back_where_it_was_replaced(town: Town, page_of: OpenPage, draft: int) -> None:
    page = page_of(OWNER, wide=False, may_complain=True)
    form(page, town, draft, "sl")
    page.fill("#f_members", "91")
    page.get_by_role("button", name=town.say("Save the draft")).locator("visible=true").click()
    expect(page.locator("[data-flash]")).to_be_visible()
    page.route("**/samodejno", lambda route: route.abort())  # the server is not reached by itself: what is typed stays in this browser
    page.fill("#f_members", "95")
    page.locator("[data-question=members] summary").click()
    page.locator("button[name=replace_answer][value=members]").click()
    page.wait_for_url("**prepisano=members**")
    page.unroute("**/samodejno")
    page.wait_for_timeout(2500)
    assert (page.input_value("#f_members"), kept(town, draft, "members")) == ("86", "86")
    expect(page.locator("[data-autosave-alert]")).to_be_hidden()
