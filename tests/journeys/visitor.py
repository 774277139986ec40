"""Somebody at a browser without scripts: opens pages, follows links by their words, fills in the fields that are there, presses buttons."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any
from urllib.parse import urljoin, urlsplit
from xml.etree.ElementTree import Element

import html5lib
import pyotp
from flask import Flask
from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from grants.base import clock
from grants.base.language import in_language
from tests.pages import XHTML, LintingClient

Typed = str | Sequence[str]


def _walk(element: Element) -> Iterator[Element]:
    """The elements below this one that a browser would show or send: not those inside templates."""
    for child in element:
        if child.tag != f"{XHTML}template":
            yield child
            yield from _walk(child)


def _words(element: Element) -> str:
    return " ".join("".join(element.itertext()).split())


class Visitor:
    """One person with one browser. Texts are given in English and looked for in the person's language."""

    def __init__(self, app: Flask, language: str = "sl", *, email: str = "", password: str = "", totp: str = "") -> None:
        client = app.test_client()
        assert isinstance(client, LintingClient)
        self.client, self.language = client, language
        self.email, self.password, self.totp = email, password, totp
        self.address = f"/{language}/"
        self.status = 0
        self._html = ""
        self._parsed: Element | None = None
        self._typed: dict[str, Typed] = {}
        self._files: dict[str, tuple[str, bytes]] = {}
        self._last: tuple[str, Any] = ("", None)

    # What is on the page

    def say(self, english: str, **facts: Any) -> str:
        """A text of the product in the person's language."""
        with in_language(self.language):
            return " ".join(str(gettext(english, **facts)).split())

    @property
    def text(self) -> str:
        """The words of the page."""
        body = self._tree().find(f"{XHTML}body")
        assert body is not None
        return " ".join(" ".join("".join(one.itertext()) for one in body if one.tag != f"{XHTML}header").split())

    def sees(self, *texts: str) -> Visitor:
        """All of these stand on the page."""
        page = self.text
        for text in texts:
            wanted = " ".join(text.split())
            assert wanted in page, f"{wanted!r} is not on {self.address}:\n{page}"
        return self

    def misses(self, *texts: str) -> None:
        """None of these stands anywhere on the page, not even in its source."""
        source = html.unescape(self._html)
        for text in texts:
            assert text not in source, f"{text!r} is on {self.address}"

    def sentences(self) -> list[str]:
        """What the timeline of the page says."""
        return [_words(one) for one in _walk(self._tree()) if one.get("class") == "m-timeline__what"]

    def only_choice(self, name: str) -> str:
        """The one value that a question offers."""
        found = [one.get("value") or "" for form in self._forms() for one in _walk(form) if one.get("name") == name]
        assert len(found) == 1, found
        return found[0]

    def long_field(self) -> str:
        """The name of the first field for longer texts."""
        return next(
            str(one.get("name")) for form in self._forms() for one in _walk(form) if one.tag == f"{XHTML}textarea" and one.get("name")
        )

    def value(self, name: str) -> str:
        """What stands in a field."""
        for form in self._forms():
            data = self._sent(form, None)
            if name in data:
                return str(data[name])
        raise AssertionError(f"no field {name} with a value on {self.address}")

    def buttons(self) -> list[str]:
        """The words on the buttons of the page."""
        return [_words(one) for form in self._forms() for one in _walk(form) if one.tag == f"{XHTML}button"]

    # What one can do

    def open(self, address: str, expect: int = 200) -> Visitor:
        """Open an address; redirects are followed."""
        return self._arrive(self.client.get(urljoin(self.address, address)), expect)

    def follow(self, english: str, expect: int = 200, **facts: Any) -> Visitor:
        """Follow the first link that begins with these words."""
        return self._follow(self.say(english, **facts), expect)

    def follow_name(self, name: str, expect: int = 200) -> Visitor:
        """Follow the first link that begins with a name, which is the same in every language."""
        return self._follow(name, expect)

    def _follow(self, words: str, expect: int) -> Visitor:
        return self.open(self.link(words), expect)

    def link(self, words: str) -> str:
        """Where the first link with these words leads."""
        for one in _walk(self._tree()):
            if one.tag == f"{XHTML}a" and _words(one).startswith(words):
                return str(one.get("href"))
        raise AssertionError(
            f"no link {words!r} on {self.address}: {[_words(one) for one in _walk(self._tree()) if one.tag == f'{XHTML}a']}"
        )

    def download(self, english: str, **facts: Any) -> bytes:
        """Save what a link leads to."""
        response = self.client.get(urljoin(self.address, self.link(self.say(english, **facts))), buffered=True)
        assert response.status_code == 200, response.status
        return bytes(response.data)

    def fill(self, fields: dict[str, Typed] | None = None, **more: Typed) -> Visitor:
        """Type into fields, choose and tick; a list holds all that is ticked."""
        self._typed |= {**(fields or {}), **more}
        return self

    def choose_file(self, field: str, name: str, data: bytes) -> Visitor:
        """Choose a file."""
        self._files[field] = (name, data)
        return self

    def press(self, english: str, expect: int = 200, **facts: Any) -> Visitor:
        """Press a button: sends its form as a browser would, with what was typed."""
        words = self.say(english, **facts)
        for form in self._forms():
            for button in _walk(form):
                if button.tag == f"{XHTML}button" and _words(button).startswith(words) and button.get("aria-hidden") is None:
                    return self._send(form, button, expect)
        raise AssertionError(f"no button {words!r} on {self.address}: {self.buttons()}")

    def press_again(self, expect: int = 200) -> Visitor:
        """The same press once more: a double click, or a tab that was left open."""
        address, data = self._last
        return self._arrive(self.client.post(address, data=data), expect)

    def post(self, address: str, expect: int, data: dict[str, Any] | None = None) -> Visitor:
        """Send something that no page of this person offers."""
        return self._arrive(self.client.post(address, data=data or {}), expect)

    def sign_in(self, address: str = "") -> Visitor:
        """Sign in through the real form, with the code from the phone where there is one; then open an address."""
        if "/racun/prijava" not in self.open(f"/{self.language}/racun/prijava").address:
            self.press("Sign out").open(f"/{self.language}/racun/prijava")
        self.fill(email=self.email, password=self.password).press("Sign in")
        if self.totp:
            self.fill(code=pyotp.TOTP(self.totp).at(clock.now())).press("Go on")
        return self.open(address) if address else self

    # How it works

    def _tree(self) -> Element:
        if self._parsed is None:
            self._parsed = html5lib.parse(self._html)
        return self._parsed

    def _forms(self) -> list[Element]:
        return [one for one in _walk(self._tree()) if one.tag == f"{XHTML}form"]

    def _sent(self, form: Element, pressed: Element | None) -> MultiDict[str, str]:
        data: MultiDict[str, str] = MultiDict()
        for one in _walk(form):
            name, tag = one.get("name"), str(one.tag).removeprefix(XHTML)
            if name is None or one.get("disabled") is not None:
                continue
            if tag == "textarea":
                data.add(name, "".join(one.itertext()))
            elif tag == "select":
                options = [option for option in _walk(one) if option.tag == f"{XHTML}option"]
                chosen = next((option for option in options if option.get("selected") is not None), options[0])
                data.add(name, str(chosen.get("value", _words(chosen))))
            elif tag == "button" and one is pressed:
                data.add(name, one.get("value") or "")
            elif tag == "input":
                kind = one.get("type") or "text"
                if kind not in ("checkbox", "radio", "file", "submit") or (
                    kind in ("checkbox", "radio") and one.get("checked") is not None
                ):
                    data.add(name, one.get("value") or "")
        return data

    def _send(self, form: Element, button: Element, expect: int) -> Visitor:
        data = self._sent(form, button)
        names = {one.get("name") for one in _walk(form)}
        for name, value in self._typed.items():
            assert name in names, f"there is no field {name} in this form of {self.address}: {sorted(str(one) for one in names)}"
            data.setlist(name, [value] if isinstance(value, str) else list(value))
        address = urljoin(self.address, form.get("action") or self.address)
        if form.get("method") != "post":
            return self._arrive(self.client.get(address, query_string=data), expect)
        sent: Any = data
        if self._files:
            assert form.get("enctype") == "multipart/form-data", "this form cannot send files"
            assert set(self._files) <= names
            sent = MultiDict(
                [*data.items(multi=True), *((name, (BytesIO(content), file)) for name, (file, content) in self._files.items())]
            )
        self._last = (address, data)
        self._typed, self._files = {}, {}
        return self._arrive(self.client.post(address, data=sent), expect)

    def _arrive(self, response: TestResponse, expect: int) -> Visitor:
        for _ in range(5):
            if response.status_code not in (302, 303):
                break
            response = self.client.get(urljoin(self.address, response.headers["Location"]))
        self.status = response.status_code
        self.address = response.request.path + (f"?{query}" if (query := urlsplit(response.request.url).query) else "")
        self._html, self._parsed = response.text if response.mimetype == "text/html" else "", None
        self._typed, self._files = {}, {}
        assert response.status_code == expect, (
            f"{response.request.method} {self.address} answered {response.status}, not {expect}:\n{re.sub(r'<[^>]+>', ' ', self._html)[-3000:]}"
        )
        return self
