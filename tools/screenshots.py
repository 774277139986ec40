"""The three pictures of the README, taken from a running demo: `python -m tools.screenshots` while `./run demo` serves.

Needs Chromium, pdftoppm (Debian: chromium, poppler-utils) and the packages of requirements-dev.txt.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, sync_playwright

from grants.config import data_folder
from grants.demo.stage import MEMBER, PASSWORD

PICTURES = Path(__file__).parent.parent / "docs" / "pictures"
VIEWPORT = {"width": 1280, "height": 1000}
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MOST_BYTES = 250_000


def keep(name: str, png: bytes) -> None:
    """Write a picture with as many colours as fit into the limit."""
    picture = Image.open(BytesIO(png)).convert("RGB")
    for colours in (128, 64, 32):
        out = BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= MOST_BYTES:
            break
    path = PICTURES / name
    path.write_bytes(out.getvalue())
    print(f"{path}: {picture.width} x {picture.height}, {out.tell() // 1000} kB")


def call_page(page: Page, address: str) -> bytes:
    """The open call as everybody reads it."""
    page.goto(f"{address}/sl/razpisi")
    page.locator("main h3 a").first.click()
    page.wait_for_load_state("networkidle")
    return page.screenshot()


def scoring(page: Page, address: str) -> bytes:
    """A member of the panel at work, with one mark typed and not saved."""
    page.goto(f"{address}/sl/racun/prijava")
    page.fill("#email", MEMBER.email)
    page.fill("#password", PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_selector(".m-account__name")
    page.goto(f"{address}/sl/miza")
    page.locator("main a[href$='/ocenjevanje']").first.click()
    page.locator(".govuk-task-list__item:has(.govuk-tag) a").first.click()
    page.locator("[name^=points-]").first.fill("20")
    page.locator("[name^=reason-]").first.fill("Zamisel je izvirna, program pa ne pove, kako bo pritegnil mlade iz krajev zunaj mesta.")
    page.locator("h1").scroll_into_view_if_needed()
    page.evaluate("document.querySelector('[name^=points-]').closest('fieldset').scrollIntoView()")
    page.evaluate("window.scrollBy(0, -360)")
    page.wait_for_load_state("networkidle")
    return page.screenshot()


def decision(data: Path) -> bytes:
    """The first page of a signed decision."""
    acts = sorted(data.glob("demo/divaca-*/decisions/*.pdf")) or sorted(data.glob("demo/*/decisions/*.pdf"))
    if not acts:
        sys.exit(f"There is no decision under {data / 'demo'}: build the demo first, or say with --data where it lies.")
    program = shutil.which("pdftoppm")
    if program is None:
        sys.exit("pdftoppm is missing: apt-get install poppler-utils")
    return subprocess.run([program, "-png", "-r", "92", "-f", "1", "-l", "1", acts[-1]], check=True, capture_output=True).stdout


def main() -> None:
    """Take all three."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="http://127.0.0.1:8000", help="of the running demo")
    parser.add_argument("--data", type=Path, default=data_folder(), help="its data folder (default: $GRANTS_DATA or var)")
    options = parser.parse_args()
    chromium = shutil.which("chromium")
    if chromium is None:
        sys.exit("chromium is missing: apt-get install chromium")
    PICTURES.mkdir(parents=True, exist_ok=True)
    keep("decision.png", decision(options.data))
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=chromium, args=FLAGS)
        page = browser.new_page(viewport=VIEWPORT)
        keep("call-page.png", call_page(page, options.address))
        keep("scoring.png", scoring(page, options.address))
        browser.close()


if __name__ == "__main__":
    main()
