"""Rows in Chromium: copied, moved and pasted in place, and saved by themselves."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import sideways
from tests.browser.test_autosave import draft, form, kept
from tests.browser.town import FRESH, Town

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("language")]
__all__ = ["draft"]


def until(page: Page, town: Town, number: int, expected: list[str]) -> None:
    for _ in range(60):
        rows = kept(town, number, "events") or []
        if [row["title"] for row in rows] == expected:  # type: ignore[attr-defined]
            return
        page.wait_for_timeout(250)
    raise AssertionError(rows)


def test_rows_are_copied_moved_and_pasted_in_place(town: Town, page_of: OpenPage, draft: int) -> None:  # noqa: F811 - a fixture
    page = form(page_of(FRESH), town, draft)
    page.fill("[name=f_events-0-f_title]", "Regata")
    page.locator("[data-row]").first.get_by_role("button", name=town.say("Copy")).click()
    expect(page.locator("[data-rows-body] [data-row]")).to_have_count(2)
    page.fill("[name=f_events-1-f_title]", "Pohod")
    until(page, town, draft, ["Regata", "Pohod"])
    page.locator("[data-row]").nth(1).get_by_role("button", name=town.say("Up")).press("Enter")
    until(page, town, draft, ["Pohod", "Regata"])
    page.set_viewport_size({"width": 360, "height": 740})
    assert sideways(page) == 0, "the buttons of a row are seen whole on a phone"
    page.evaluate(
        """() => {
          const cell = document.querySelector("[name=f_events-1-f_title]");
          const data = new DataTransfer();
          const head = [...document.querySelectorAll("[data-rows-template]")][0].content.querySelectorAll("label");
          data.setData("text/plain", `${head[0].firstChild.textContent}\\t${head[1].firstChild.textContent}\\r\\n"Tek\\n""nočni"" tek"\\t4. 7. 2026\\r\\nKros\\t\\r\\n`);
          cell.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }"""
    )
    until(page, town, draft, ["Pohod", 'Tek "nočni" tek', "Kros"])
    expect(page.locator("[name=f_events-1-f_held]")).to_have_value("4. 7. 2026")
    page.locator("summary", has_text=town.say("Paste rows from a spreadsheet")).click()
    page.locator("textarea[name=pasted_events]").fill("Zadnja\t")
    page.get_by_role("button", name=town.say("Add these rows")).click()
    until(page, town, draft, ["Pohod", 'Tek "nočni" tek', "Kros", "Zadnja"])
