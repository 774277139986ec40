"""Files on a slow line: several at once, with progress, through a server that is killed in the middle; refusals stand beside the file."""

from __future__ import annotations

import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from grants.applications import queries
from grants.base import clock, files
from grants.base.db import db
from tests.base.hostile import MEGABYTE, pdf
from tests.browser.conftest import OpenPage
from tests.browser.test_accessibility import complaints
from tests.browser.test_autosave import draft as draft
from tests.browser.town import FRESH, Town

pytestmark = [pytest.mark.browser, pytest.mark.usefixtures("language")]
ROOT = Path(__file__).parents[2]
LAST_ANSWER_FIRST = """
    const listen = XMLHttpRequest.prototype.addEventListener;
    const waiting = [];
    XMLHttpRequest.prototype.addEventListener = function (kind, listener) {
        if (kind !== "loadend") return listen.call(this, kind, listener);
        listen.call(this, kind, (event) => {
            waiting.push(() => listener(event));
            if (waiting.length === 2) waiting.reverse().forEach((answer) => answer());
        });
    };
"""


class Killable:
    """A server process in front of the municipality."""

    def __init__(self, town: Town) -> None:
        self._town = town
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.start()

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = self._town.app.config["SETTINGS"]
        ahead = clock.now() + timedelta(minutes=5)  # it takes its time to start, and no session may seem to come from the future
        arguments = [str(settings.data), settings.database_url, str(self.port), ahead.isoformat()]
        self._process = subprocess.Popen([sys.executable, "-m", "tests.browser.server", *arguments], cwd=ROOT, stderr=subprocess.DEVNULL)
        for _attempt in range(600):
            with socket.socket() as trial:
                trial.settimeout(0.1)
                if trial.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            assert self._process.poll() is None, "the server did not start"
            time.sleep(0.1)
        raise AssertionError("the server does not answer")

    def kill(self) -> None:
        """At once, without a word, as a failing machine would."""
        self._process.kill()
        self._process.wait()


@pytest.fixture
def killable(town: Town) -> Iterator[Killable]:
    server = Killable(town)
    yield server
    server.kill()


@pytest.fixture
def papers(tmp_path: Path) -> list[Path]:
    """Two large files."""
    made = []
    for number in range(2):
        path = tmp_path / f"listina {number}.pdf"
        path.write_bytes(pdf(b"(%d%s)" % (number, b"." * 4 * MEGABYTE)))
        made.append(path)
    return made


def open_form(page: Page, town: Town, draft: int, address: str = "", *, speed: int = 0) -> Page:
    page.goto(f"{address or town.address}/{town.language}/vloge/{draft}/obrazec")
    if speed:
        conditions = {"offline": False, "latency": 10, "downloadThroughput": -1, "uploadThroughput": speed}
        page.context.new_cdp_session(page).send("Network.emulateNetworkConditions", conditions)
    return page


def kept(town: Town, draft: int) -> list[str]:
    """What the server has, whole."""
    with town.app.app_context():
        found = queries.attachments_of(queries.get_application(draft))
        for one in found:
            assert len(files.read(one.sha256)) == one.size
        names = sorted(one.name for one in found)
        db.session.remove()
    return names


def empty(town: Town, page: Page, draft: int) -> None:
    """Remove what an earlier test attached, as a person would."""
    open_form(page, town, draft)
    for _number in range(len(kept(town, draft))):
        before = page.locator("[data-attached]").count()
        page.locator("[data-remove]").first.click()
        expect(page.locator("[data-attached]")).to_have_count(before - 1)
    assert kept(town, draft) == []


def test_a_server_killed_in_the_middle_of_two_uploads_loses_nothing(
    town: Town, page_of: OpenPage, draft: int, killable: Killable, papers: list[Path]
) -> None:
    page = open_form(page_of(FRESH, may_complain=True), town, draft, f"http://127.0.0.1:{killable.port}", speed=1_500_000)
    page.set_input_files("#f_statute", papers)
    bars = page.locator(".m-files__upload progress")
    expect(bars).to_have_count(2)
    for _attempt in range(600):
        sent = page.evaluate(
            "[...document.querySelectorAll('.m-files__upload progress')].map((bar) => Math.floor(100 * bar.value / bar.max))"
        )
        if min(sent) > 10:
            break
        page.wait_for_timeout(50)
    assert all(10 < percent < 90 for percent in sent), "both are being sent at the same time, and it shows"
    expect(page.locator(".m-files__told")).to_contain_text("listina 0.pdf, listina 1.pdf")
    killable.kill()
    interrupted = town.say("Interrupted. We try again in {seconds} s; nothing is lost as long as this page stays open.").split("{")[0]
    expect(page.locator(".m-files__state").first).to_contain_text(interrupted)
    expect(page.locator(".m-files__state").last).to_contain_text(interrupted)
    assert kept(town, draft) == []
    killable.start()
    expect(page.locator("[data-attached]")).to_have_count(2, timeout=90_000)
    expect(page.locator(".m-files__upload")).to_have_count(0)
    expect(page.locator(".m-files__told")).to_be_hidden()
    assert kept(town, draft) == ["listina 0.pdf", "listina 1.pdf"]
    expect(page.locator("[data-files-used]")).to_contain_text("8,1")


def test_what_is_used_is_right_when_answers_overtake_each_other(town: Town, page_of: OpenPage, draft: int, papers: list[Path]) -> None:
    empty(town, page_of(FRESH), draft)
    page = page_of(FRESH)
    page.add_init_script(LAST_ANSWER_FIRST)
    open_form(page, town, draft)
    page.set_input_files("#f_statute", papers)
    expect(page.locator("[data-attached]")).to_have_count(2)
    expect(page.locator("[data-files-used]")).to_contain_text("8,1")
    page.locator("[data-attached]").first.get_by_role("button").click()
    expect(page.locator("[data-files-used]")).to_contain_text("4,1")
    page.reload()
    expect(page.locator("[data-files-used]")).to_contain_text("4,1")


def test_what_is_refused_stands_beside_its_name_and_the_form_waits_for_the_rest(
    town: Town, page_of: OpenPage, draft: int, papers: list[Path], tmp_path: Path
) -> None:
    empty(town, page_of(FRESH), draft)
    page = open_form(page_of(FRESH), town, draft, speed=600_000)
    page.fill("#f_leader", "Prva Oseba")
    hostile, nothing, large = tmp_path / "stran.html", tmp_path / "prazna.pdf", tmp_path / "velika.pdf"
    hostile.write_text("<script>alert(1)</script>")
    nothing.write_bytes(b"")
    large.write_bytes(bytes(21 * MEGABYTE))
    page.set_input_files("#f_statute", [hostile, nothing, large, papers[0]])
    refused = page.locator(".m-files__upload--refused")
    expect(refused).to_have_count(3)
    reasons = {
        "stran.html": town.say("Files of the kind “%(kind)s” are not taken.", kind="html"),
        "prazna.pdf": town.say("It is empty. Choose it again."),
        "velika.pdf": town.say("It is larger than %(limit)s MB. Make it smaller or split it.", limit=20),
    }
    accepted = town.say(
        "The file “%(name)s” was not accepted. %(reason)s Accepted here: %(kinds)s, each up to %(limit)s MB.",
        name="", reason="", kinds="pdf, png, jpg, docx, xlsx, odt", limit=20,
    ).split(". ", 1)[1].strip()  # fmt: skip
    for name, said in reasons.items():
        expect(refused.filter(has_text=name).first.locator("[role=alert]")).to_contain_text(said)
        expect(refused.filter(has_text=name).first).to_contain_text(accepted)
    assert complaints(page) == []
    asked: list[str] = []
    page.once("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("location.reload()")
    page.wait_for_timeout(500)
    assert asked == ["beforeunload"], "leaving while a file is underway is asked about"
    page.get_by_role("button", name=town.say("Save the draft")).last.click()
    expect(page.locator(".m-files__told")).to_contain_text(town.say("The form is sent as soon as they have arrived."))
    expect(page.locator("[data-flash], .govuk-error-summary").first).to_be_visible(timeout=60_000)
    assert kept(town, draft) == ["listina 0.pdf"]
    page.set_input_files("#f_statute", papers[0])
    expect(page.locator(".m-files__upload")).to_have_count(0, timeout=60_000)
    expect(page.locator("[data-attached]")).to_have_count(1)
    assert kept(town, draft) == ["listina 0.pdf"], "the same content twice is one attachment"


def test_after_signing_in_again_elsewhere_the_upload_goes_on(town: Town, page_of: OpenPage, draft: int, papers: list[Path]) -> None:
    empty(town, page_of(FRESH), draft)
    page = open_form(page_of(FRESH, may_complain=True), town, draft)
    page.context.clear_cookies()
    page.set_input_files("#f_statute", papers[1])
    expect(page.locator(".m-files__state")).to_contain_text(town.say("Sign in again in a new tab"))
    assert kept(town, draft) == []
    page.context.add_cookies([{"name": "session", "value": town.session_of(FRESH), "url": town.address}])
    expect(page.locator("[data-attached]")).to_have_count(1, timeout=60_000)
    expect(page.locator("[data-attached] a")).to_have_text(re.compile("listina 1.pdf"))
    assert kept(town, draft) == ["listina 1.pdf"]


def test_several_files_are_dropped_at_once_and_removed_in_place(town: Town, page_of: OpenPage, draft: int) -> None:
    empty(town, page_of(FRESH), draft)
    page = open_form(page_of(FRESH), town, draft)
    page.fill("#f_leader", "Ostane Napisano")
    page.evaluate(
        """(contents) => {
            const data = new DataTransfer();
            contents.forEach((content, number) => data.items.add(new File([content], `spuščena ${number}.pdf`)));
            document.querySelector("[data-files]").dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }));
        }""",
        [pdf(b"(%d)" % number).decode("ascii") for number in range(2)],
    )
    expect(page.locator("[data-attached]")).to_have_count(2)
    assert kept(town, draft) == ["spuščena 0.pdf", "spuščena 1.pdf"]
    page.locator("[data-attached]", has_text="spuščena 0.pdf").get_by_role("button").click()
    expect(page.locator("[data-attached]")).to_have_count(1)
    assert kept(town, draft) == ["spuščena 1.pdf"]
    expect(page.locator("#f_leader")).to_have_value("Ostane Napisano")
