"""A joint application in Chromium, by people of two associations, in both languages: named, agreed, changed, agreed again, submitted; axe finds nothing."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from grants.accounts.queries import find_user
from grants.base.db import db
from grants.demo.stage import Person
from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import complaints, sideways
from tests.browser.town import FRESH, FRESH_TOO, Town

pytestmark = pytest.mark.browser


def organisation_of(town: Town, person: Person) -> tuple[str, str]:
    with town.app.app_context():
        user = find_user(person.email)
        assert user is not None
        found = user.memberships[0].organisation
        said = found.tax_number, found.name
        db.session.remove()
    return said


def look(page: Page, name: str) -> None:
    """What is shown is accessible, wide and narrow, and never scrolls sideways."""
    faults = []
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        faults += [f"{name} at {width}: {one}" for one in complaints(page)]
        if over := sideways(page):
            faults.append(f"{name}: {over} px wider than {width}")
    assert faults == []


def press(page: Page, town: Town, english: str, language: str) -> None:
    page.get_by_role("button", name=town.say(english, language)).locator("visible=true").first.click()


@pytest.mark.parametrize(
    ("language", "lead", "partner", "scripts"),
    [("sl", FRESH, FRESH_TOO, True), ("it", FRESH_TOO, FRESH, False)],
    ids=["sl", "it without scripts"],
)
def test_two_associations_apply_together(
    town: Town, page_of: OpenPage, language: str, lead: Person, partner: Person, scripts: bool
) -> None:
    tax_number, name = organisation_of(town, partner)
    page = page_of(lead, java_script_enabled=scripts)
    other = page_of(partner)
    checked = scripts  # axe needs scripts; the same pages without them hold the same HTML

    page.goto(town.url("razpisi/{joint}/prijava/programme", language))
    press(page, town, "Begin the draft", language)
    page.fill("#f_name", f"Noč knjige {language}")
    page.fill("#f_visitors", "120")
    page.fill("#f_own_funds", "500")
    page.fill("#f_requested", "700")
    page.fill("[name=f_costs-0-f_what]", "Oder in luči")
    page.fill("[name=f_costs-0-f_amount]", "1.200,00")
    expect(page.locator("[name=f_costs-0-f_borne_by]")).to_have_count(0)
    press(page, town, "Save, then name or change partners", language)

    page.fill("#tax_number", tax_number)
    page.fill("#email", "brez@naslova")
    press(page, town, "Name it and ask for its consent", language)
    expect(page.locator(".govuk-error-summary")).to_be_visible()
    if checked:
        look(page, "errors of naming a partner")
    page.fill("#name", name)
    page.fill("#email", "sosed@primer.example")
    page.fill("#task", "Postavi oder in vodi večer branja.")
    press(page, town, "Name it and ask for its consent", language)
    expect(page.get_by_text(name).first).to_be_visible()
    if checked:
        look(page, "partners")
    page.get_by_role("link", name=town.say("Back to the form", language)).click()
    if checked:
        look(page, "the form with a partner")
    page.select_option("[name=f_costs-0-f_borne_by]", label=name)
    press(page, town, "Save and check before submitting", language)
    expect(page.locator("#lacking")).to_be_visible()
    expect(page.locator("input[name=declared]")).to_have_count(0)
    if checked:
        look(page, "check page without the consent")

    other.goto(town.url("vloge", language))
    look(other, "applications of the partner")
    other.locator('a[href*="/partnerstva/"]').first.click()
    expect(other.locator("main")).to_contain_text("1.200,00")
    look(other, "the partner before it agrees")
    press(other, town, "We agree to take part", language)
    expect(other.locator("main")).to_contain_text(town.say("agreed", language))
    look(other, "the partner after it agreed")

    page.reload()
    page.get_by_role("link", name=town.say("Change the answers", language)).click()
    page.fill("#f_name", f"Noč pravljic {language}")
    press(page, town, "Save and check before submitting", language)
    expect(page.locator("main")).to_contain_text(town.say("has to agree again", language))
    other.reload()
    expect(other.locator("main")).to_contain_text(town.say("your consent lapsed", language))
    look(other, "the partner whose consent lapsed")
    press(other, town, "We agree to take part", language)

    page.reload()
    page.locator("input[name=declared]").check(force=True)
    if checked:
        look(page, "check page with the consent")
    press(page, town, "Submit the application", language)
    expect(page.locator(".m-state--submitted")).to_be_visible()
    other.reload()
    expect(other.locator(".m-state--submitted")).to_be_visible()
    look(other, "the partner after the submission")
