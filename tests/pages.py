"""What every page must be, checked on each page that any test opens."""

from __future__ import annotations

from typing import Any

import html5lib
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from grants.base.db import db

XHTML = "{http://www.w3.org/1999/xhtml}"
UNLABELLED = ("hidden", "submit", "button", "image", "reset")


class PageFault(AssertionError):
    """A page that is not as pages must be."""


def lint(html: str, address: str) -> None:
    """Valid HTML, a title, exactly one h1, a label for every field, no id twice, nothing inline."""
    faults: list[str] = []
    parser = html5lib.HTMLParser(strict=False)
    tree = parser.parse(html)
    faults += [f"invalid HTML at {place}: {code} {data}" for place, code, data in parser.errors]
    title = tree.find(f".//{XHTML}title")
    if title is None or not (title.text or "").strip(" –\n"):
        faults.append("no title")
    headings = tree.findall(f".//{XHTML}h1")
    if len(headings) != 1:
        faults.append(f"{len(headings)} h1 headings")
    if not tree.get("lang"):
        faults.append("no language")
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    faults += [f"id {identity} twice" for identity in sorted({i for i in ids if ids.count(i) > 1})]
    labelled = {label.get("for") for label in tree.iter(f"{XHTML}label")}
    for element in tree.iter():
        tag = str(element.tag).removeprefix(XHTML)
        field = tag in ("input", "select", "textarea") and element.get("type") not in UNLABELLED and element.get("hidden") is None
        if field and element.get("id") not in labelled and not element.get("aria-label") and not element.get("aria-labelledby"):
            faults.append(f"field {element.get('name')} has no label")
        if element.get("style") is not None or any(name.startswith("on") for name in element.attrib if isinstance(name, str)):
            faults.append(f"inline style or script on {tag}")
        if tag == "script" and not element.get("src") and (element.text or "").strip() and element.get("type") != "application/json":
            faults.append("inline script")
        for name in ("aria-describedby", "aria-labelledby"):
            faults += [
                f"{name} points to {target}, which is not there" for target in (element.get(name) or "").split() if target not in ids
            ]
    if faults:
        raise PageFault(f"{address}:\n  " + "\n  ".join(faults))


class LintingClient(FlaskClient):
    """A client that checks every page it opens (on SQLite), and whose requests see what the test has committed."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        db.session.rollback()
        # A context of its own: `g` (who is signed in, whether to roll back) must not pass from one request to the next.
        with self.application.app_context():
            response = super().open(*args, **kwargs)
            db.session.remove()
        # Pages are the same on both databases, and reading one takes longer than answering it.
        looked_at = db.engine.dialect.name == "sqlite"
        if looked_at and response.mimetype == "text/html" and response.data and not 300 <= response.status_code < 400:
            lint(response.text, response.request.path)
        db.session.rollback()
        return response
