"""Saving while one types: silent when it works, loud when it does not, and never a word lost."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select
from werkzeug.serving import BaseWSGIServer, make_server

from grants.accounts.actions import add_member
from grants.accounts.models import MemberRole, Membership, Organisation, User
from grants.accounts.queries import find_user
from grants.applications.models import Application
from grants.base.db import db
from grants.base.transaction import unit_of_work
from grants.demo.stage import Person
from tests.browser.conftest import OpenPage
from tests.browser.town import FRESH, FRESH_TOO, Town

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("language")]


@pytest.fixture
def draft(town: Town, page_of: OpenPage) -> int:
    """The draft of the fresh organisation, whose people are now both fresh ones; one for each language."""
    with town.app.app_context():
        owner, second = find_user(FRESH.email), find_user(FRESH_TOO.email)
        assert owner is not None and second is not None
        organisation = db.session.scalars(select(Membership.organisation_id).where(Membership.user_id == owner.id)).one()
        if organisation not in [one.organisation_id for one in second.memberships]:
            with unit_of_work():
                people = db.session.get_one(User, second.id), db.session.get_one(User, owner.id)
                add_member(db.session.get_one(Organisation, organisation), people[0], MemberRole.EDITOR, by=people[1])
        db.session.remove()
    page = page_of(FRESH)
    page.goto(town.url("razpisi/{short}" if town.language == "sl" else "razpisi/{short_it}"))
    page.locator("a.govuk-button--start").click()
    page.get_by_role("button", name=town.say("Begin the draft")).click()
    page.wait_for_url("**/vloge/**")
    number = int(page.url.split("/vloge/")[1].split("/")[0])
    page.close()
    return number


def kept(town: Town, draft: int, question: str) -> object:
    """What the server has."""
    with town.app.app_context():
        answer = db.session.get_one(Application, draft).answers.get(question)
        db.session.remove()
    return answer


def form(page: Page, town: Town, draft: int, address: str = "") -> Page:
    page.goto(f"{address or town.address}/{town.language}/vloge/{draft}/obrazec")
    return page


def saved(page: Page, town: Town, draft: int, question: str, answer: object) -> None:
    """Wait until the server has it."""
    for _ in range(60):
        if kept(town, draft, question) == answer:
            return
        page.wait_for_timeout(250)
    raise AssertionError(f"{question}: {kept(town, draft, question)!r} is not {answer!r}")


def test_typing_is_saved_without_a_word_and_the_time_is_shown(town: Town, page_of: OpenPage, draft: int) -> None:
    page = form(page_of(FRESH), town, draft)
    page.fill("#f_plan", "Prva vrstica.\nDruga: č, š, ž, 🎻.")
    page.fill("[name=f_events-0-f_title]", "Regata")
    saved(page, town, draft, "plan", "Prva vrstica.\nDruga: č, š, ž, 🎻.")
    assert [row["title"] for row in kept(town, draft, "events")] == ["Regata"]  # type: ignore[attr-defined]
    expect(page.locator("[data-autosave-said]")).to_contain_text(":")
    expect(page.locator("[data-autosave-alert]")).to_be_hidden()
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.goto(town.url("razpisi"))
    assert asked == [], "everything is saved: nobody is asked whether to leave"


@pytest.fixture
def doomed(town: Town) -> Iterator[list[BaseWSGIServer]]:
    """A server in front of the same municipality that a test may kill and start again; the last one is running."""
    servers = [_start(town, 0)]
    yield servers
    servers[-1].shutdown()
    servers[-1].server_close()


def _start(town: Town, port: int) -> BaseWSGIServer:
    server = make_server("127.0.0.1", port, town.app, threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def test_a_server_killed_while_typing_loses_nothing(town: Town, page_of: OpenPage, draft: int, doomed: list[BaseWSGIServer]) -> None:
    page = page_of(FRESH, may_complain=True)
    port = doomed[-1].server_port
    form(page, town, draft, f"http://127.0.0.1:{port}")
    # The first save arrives and its answer is lost: what is typed since is no change by somebody else.
    page.route("**/samodejno", lambda route: (route.fetch(), route.abort("connectionreset")), times=1)
    page.fill("#f_leader", "Vida")
    expect(page.locator("[data-autosave-alert]")).to_be_visible()
    doomed[-1].shutdown()
    doomed[-1].server_close()
    page.fill("#f_leader", "Vida Vztrajna")
    expect(page.locator("[data-autosave-alert]")).to_contain_text(
        town.say(
            "Not saved: our server does not answer. Go on writing; we try again every few seconds and save everything as soon as it answers."
        )
    )
    expect(page.locator("[data-autosave-alert]")).to_have_attribute("role", "alert")
    page.fill("#f_plan", "Napisano, ko strežnika ni bilo.")
    doomed.append(_start(town, port))
    saved(page, town, draft, "leader", "Vida Vztrajna")
    saved(page, town, draft, "plan", "Napisano, ko strežnika ni bilo.")
    expect(page.locator("[data-autosave-alert]")).to_be_hidden()


def test_a_closed_page_gives_back_what_the_server_never_got(
    town: Town, page_of: OpenPage, draft: int, doomed: list[BaseWSGIServer]
) -> None:
    page = page_of(FRESH, may_complain=True)
    port = doomed[-1].server_port
    form(page, town, draft, f"http://127.0.0.1:{port}")
    doomed[-1].shutdown()
    doomed[-1].server_close()
    page.fill("#f_plan", "Zadnji stavek pred izpadom.")
    page.fill("[name=f_events-0-f_title]", "Prva")
    page.get_by_role("button", name=town.say("Add a row")).click()
    page.fill("[name=f_events-1-f_title]", "Druga")
    expect(page.locator("[data-autosave-alert]")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("about:blank")
    page.wait_for_timeout(1000)  # its last try ends at a server that is not there
    page.close()
    doomed.append(_start(town, port))
    again = page.context.new_page()
    form(again, town, draft, f"http://127.0.0.1:{port}")
    expect(again.locator("[data-autosave-news]")).to_be_visible()
    expect(again.locator("#f_plan")).to_have_value("Zadnji stavek pred izpadom.")
    expect(again.locator("[name=f_events-1-f_title]")).to_have_value("Druga")
    saved(again, town, draft, "plan", "Zadnji stavek pred izpadom.")
    assert [row["title"] for row in kept(town, draft, "events")] == ["Prva", "Druga"]  # type: ignore[attr-defined]
    again.wait_for_timeout(300)
    assert again.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('merila:')).length") == 0


def test_two_people_see_each_other_and_nothing_is_overwritten(town: Town, page_of: OpenPage, draft: int) -> None:
    one, other = form(page_of(FRESH), town, draft), form(page_of(FRESH_TOO), town, draft)
    one.fill("#f_leader", "Od prve")
    one.fill("#f_plan", "Načrt prve")
    saved(one, town, draft, "plan", "Načrt prve")
    other.fill("#f_plan", "Načrt druge")
    expect(other.locator("[data-autosave-alert]")).to_contain_text(FRESH.name)
    expect(other.locator("[data-autosave-news]")).to_contain_text(FRESH.name)
    expect(other.locator("#f_leader")).to_have_value("Od prve")
    assert kept(town, draft, "plan") == "Načrt prve"
    other.get_by_role("button", name=town.say("Set both versions side by side")).click()
    expect(other.locator("h1")).to_have_text(town.say("Two versions of the draft"))
    expect(other.locator("fieldset")).to_have_count(1)
    other.get_by_label(town.say("What I typed now")).check(force=True)
    other.get_by_role("button", name=town.say("Join and save")).click()
    expect(other.locator("#f_plan")).to_have_value("Načrt druge")
    assert (kept(town, draft, "plan"), kept(town, draft, "leader")) == ("Načrt druge", "Od prve")


def test_after_signing_in_again_elsewhere_the_page_goes_on(town: Town, page_of: OpenPage, draft: int) -> None:
    page = form(page_of(FRESH, may_complain=True), town, draft)
    page.context.clear_cookies()
    page.fill("#f_leader", "Po odmoru")
    expect(page.locator("[data-autosave-alert]")).to_contain_text(town.say("Sign in again in a new tab"))
    assert kept(town, draft, "leader") != "Po odmoru"
    page.context.add_cookies([{"name": "session", "value": town.session_of(FRESH), "url": town.address}])
    saved(page, town, draft, "leader", "Po odmoru")
    expect(page.locator("[data-autosave-alert]")).to_be_hidden()
    stranger: Person = FRESH_TOO
    page.context.clear_cookies()
    page.context.add_cookies([{"name": "session", "value": town.session_of(stranger), "url": town.address}])
    page.fill("#f_leader", "Pod tujim imenom")
    expect(page.locator("[data-autosave-alert]")).to_be_visible()
    assert kept(town, draft, "leader") == "Po odmoru", "what one person typed is never saved in the name of another"
