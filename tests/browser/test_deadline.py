"""The deadline passes while somebody is writing: nothing typed is lost, and both the form and the last page say that it is too late."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from grants.applications.models import Application
from grants.base import clock
from grants.base.db import db
from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import complaints
from tests.browser.test_autosave import draft, form, kept, saved
from tests.browser.town import FRESH, Town

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("language")]
__all__ = ["draft"]


@pytest.fixture
def shortly_before(town: Town, draft: int) -> Iterator[None]:  # noqa: F811 - a fixture
    """Eight seconds before the deadline; time goes on."""
    with town.app.app_context():
        closes_at = db.session.get_one(Application, draft).call.closes_at
        db.session.remove()
    running = clock._source
    ahead = closes_at - timedelta(seconds=8) - running()
    clock.set_source(lambda: running() + ahead)
    yield
    clock.set_source(None)


@pytest.mark.usefixtures("shortly_before")
def test_the_deadline_passes_while_somebody_types(town: Town, page_of: OpenPage, draft: int) -> None:  # noqa: F811 - a fixture
    page = form(page_of(FRESH), town, draft)
    over = page.locator("[data-over]")
    expect(over).to_be_hidden()
    page.fill("#f_leader", "Še pravočasno")
    saved(page, town, draft, "leader", "Še pravočasno")
    expect(over).to_be_visible(timeout=20_000)
    page.fill("#f_plan", "Napisano po roku.")
    saved(page, town, draft, "plan", "Napisano po roku.")
    expect(over).to_be_in_viewport()  # however far down somebody writes
    expect(page.locator("[data-autosave-alert]")).to_be_hidden()
    page.fill("#f_members", "31")
    page.get_by_role("button", name=town.say("Save and check before submitting")).last.click()
    expect(page.locator("h1")).to_have_text(town.say("Too late: the application was not submitted"))
    assert [kept(town, draft, name) for name in ("leader", "plan", "members")] == ["Še pravočasno", "Napisano po roku.", "31"]
    assert complaints(page) == []
