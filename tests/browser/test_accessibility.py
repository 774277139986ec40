"""axe finds nothing on the main pages of each role, in both languages, wide and narrow; and nothing ever scrolls sideways.

Every page of visitors and applicants is looked at in `test_every_page.py`; here they stand in other states.
"""

from __future__ import annotations

from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

from grants.demo.stage import ADMINISTRATOR, AUDITOR, CHAIR, INTAKE, MEMBER, OFFICER, OWNER, SIGNER, Person
from tests.browser.conftest import OpenPage
from tests.browser.town import FRESH, Town

pytestmark = pytest.mark.browser
AXE = {"sl": 1280, "it": 360}
"""At which width axe looks at the pages of a language."""
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
PAGES: dict[str, tuple[Person | None, tuple[str, ...]]] = {
    "visitor": (None, ("razpisi/{sport}", "razpisi/{decided}/rezultati")),
    "newcomer": (FRESH, ("miza", "vloge", "organizacije/nova")),
    "applicant": (OWNER, ("vloge/{own_draft}", "vloge/{own_draft}/obrazec?vse=1", "vloge/{own_received}", "vloge/{own_received}/potrdilo")),
    "member": (MEMBER, ("miza", "razpisi/{culture}/komisija", "razpisi/{ngo}/izjava", "razpisi/{culture}/ocenjevanje", "ocenjevanja/{project}/vloge/{competing}", "ocenjevanja/{operating}/vloge/{scored}/zbirni-list")),
    "chair": (CHAIR, ("ocenjevanja/{operating}", "ocenjevanja/{project}")),
    "officer": (OFFICER, (
        "miza", "urad/razpisi", "urad/razpisi/nov", "urad/razpisi/{draft}", "urad/razpisi/{draft}/besedilo/sl", "urad/razpisi/{draft}/objava", "urad/razpisi/{ngo}/vloge",
        "urad/razpisi/{sport}/vloge", "vloge/{opened}", "vloge/{opened}/zavrzenje", "razpisi/{ngo}/komisija", "razpisi/{ngo}/komisija/imenovanje", "razpisi/{culture}/razdelitve",
        "razpisi/{culture}/zrebi",
        "urad/razpisi/{sport}/podaljsanje",
    )),
    "signer": (SIGNER, ("miza", "razdelitve/{proposal}", "razdelitve/{adopted}/odlocbe", "odlocbe/{decision}")),
    "intake": (INTAKE, ("miza", "urad/razpisi/{sport}/papirne-vloge", "urad/razpisi/{sport}/papirne-vloge/operating")),
    "overseers": (AUDITOR, ("posta", "zapis", "miza")),
    "administrator": (ADMINISTRATOR, ("ljudje", "ljudje/{person}")),
}  # fmt: skip


SEEN = """() => {
  const active = document.activeElement;
  if (active === document.body) { return null; }
  const shown = active.matches("input[type=radio], input[type=checkbox]") ? active.labels[0] : active;
  const box = shown.getBoundingClientRect();
  const points = [0.1, 0.5, 0.9].map((part) => document.elementFromPoint(box.left + box.width / 2, box.top + box.height * part));
  const ours = (found) => found && (shown.contains(found) || active.contains(found) || found.contains(active));
  return { seen: points.some(ours), html: active.outerHTML.slice(0, 150) };
}"""


def complaints(page: Page) -> list[str]:
    """What axe finds, rule by rule, with the place."""
    page.evaluate(AXE_SCRIPT)
    found: Any = page.evaluate("rules => axe.run(document, {runOnly: rules, resultTypes: ['violations']})", RULES)
    return [f"{one['id']}: {node['html'][:150]} ({node['failureSummary'][:200]})" for one in found["violations"] for node in one["nodes"]]


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the window, or a button or link of it stands out where nobody can scroll, at the left."""
    width: int = page.evaluate(
        """() => Math.max(
          document.documentElement.scrollWidth - document.documentElement.clientWidth,
          ...[...document.querySelectorAll("main button, main a")].filter((one) => one.offsetWidth > 1).map((one) => Math.ceil(-one.getBoundingClientRect().left)),
        )"""
    )
    return max(0, width)


@pytest.mark.parametrize("role", PAGES)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(town: Town, page_of: OpenPage, role: str) -> None:
    person, addresses = PAGES[role]
    page = page_of(person)
    faults: list[str] = []
    for language in ("sl", "it"):
        for address in addresses:
            answer = page.goto(town.url(address, language))
            assert answer is not None and answer.status == 200, (address, answer and answer.status)
            for width in (1280, 360, 320):
                page.set_viewport_size({"width": width, "height": 800})
                if over := sideways(page):
                    faults.append(f"{page.url}: {over} px wider than {width}")
                if width == AXE[language]:
                    faults += [f"{page.url} at {width}: {one}" for one in complaints(page)]
    assert faults == []


def test_errors_and_refusals_are_accessible_too(town: Town, page_of: OpenPage) -> None:
    page = page_of(FRESH, wide=False)
    page.goto(town.url("organizacije/nova"))
    page.get_by_role("button", name=town.say("Register"), exact=True).click()
    page.wait_for_selector(".govuk-error-summary")
    assert complaints(page) == [] and sideways(page) == 0
    page.locator(".govuk-error-summary a").first.click()
    assert page.evaluate("document.activeElement.name") == "name"


def test_a_complaint_is_noticed(town: Town, page_of: OpenPage) -> None:
    page = page_of()
    page.goto(town.url("razpisi"))
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<input type=text name=brez_oznake>')")
    assert any(one.startswith("label") for one in complaints(page))


def test_whatever_has_the_focus_is_seen_at_400_percent(town: Town, page_of: OpenPage) -> None:
    """A window of 1280 × 1024 enlarged four times: nothing that stays in place hides what the tab key reaches."""
    page = page_of(OWNER)
    page.set_viewport_size({"width": 320, "height": 256})
    page.goto(town.url("vloge/{own_draft}/obrazec"))
    hidden, reached = [], 0
    for _ in range(200):
        page.keyboard.press("Tab")
        one = page.evaluate(SEEN)
        if one is None:
            break
        reached += 1
        hidden += [] if one["seen"] else [one["html"]]
    assert reached > 20
    assert hidden == []
