"""Pages without a server: vendored files as recorded, nothing inline, macros that render under StrictUndefined, catalogues complete."""

import importlib.util
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po
from flask import Flask, get_template_attribute, render_template
from flask_babel import Babel, force_locale
from jinja2 import StrictUndefined
from werkzeug.datastructures import MultiDict
from wtforms import (
    BooleanField,
    DateField,
    DecimalField,
    FieldList,
    FileField,
    Form,
    FormField,
    IntegerField,
    PasswordField,
    RadioField,
    SelectChoice,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import InputRequired, Length, Optional

HOUSE = Path(__file__).resolve().parents[2]
STATIC = HOUSE / "static"
SHELL = [
    HOUSE / "templates/layout.html",
    *sorted((HOUSE / "templates/kit").glob("*.html")),
    *sorted((HOUSE / "templates/errors").glob("*.html")),
]


def vendor() -> ModuleType:
    spec = importlib.util.spec_from_file_location("vendor", HOUSE / "tools/vendor.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_vendored_files_are_as_recorded() -> None:
    assert vendor().differences() == []


def test_a_changed_vendored_file_is_noticed(tmp_path: Path) -> None:
    module = vendor()
    for path in module.VENDOR.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    name = module.read_manifest()[0]["path"]
    (tmp_path / name).write_bytes(b"changed")
    (tmp_path / "stray.js").write_text("stray")
    found = module.differences(tmp_path)
    assert len(found) == 2 and name in found[0] and "stray.js" in found[1]


def test_nothing_that_only_the_british_government_may_use() -> None:
    for path in (STATIC / "vendor").glob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert "GDS Transport" not in text and "crest.svg" not in text


@pytest.mark.parametrize("path", SHELL, ids=lambda path: path.name)
def test_nothing_inline(path: Path) -> None:
    text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.search(r"\sstyle=|\son[a-z]+=|<style|javascript:|data:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


def test_every_file_that_is_named_exists() -> None:
    named = {STATIC / name for path in SHELL for name in re.findall(r"asset\(\"([^\"]+)\"\)", path.read_text(encoding="utf-8"))}
    for path in STATIC.glob("*.css"):
        text = path.read_text(encoding="utf-8")
        assert "data:" not in text
        named |= {path.parent / name for name in re.findall(r"url\(\"?([^\")]+)\"?\)", text)}
    for path in (STATIC / "js").glob("*.mjs"):
        named |= {(path.parent / name).resolve() for name in re.findall(r"import\(?\s*\"([^\"]+)\"", path.read_text(encoding="utf-8"))}
    assert named
    assert [str(path) for path in sorted(named) if not path.exists()] == []


@pytest.mark.parametrize("language", ["sl", "it"])
def test_catalogue_is_complete(language: str) -> None:
    needed: set[object] = set()
    for folder in ("templates/kit", "templates/errors"):
        for _file, _line, message, _comments, _context in extract_from_dir(
            str(HOUSE / folder), [("**.html", "jinja2")], {"**.html": {"silent": "false"}}
        ):
            needed.add(message)
    for _file, _line, message, _comments, _context in extract_from_dir(str(HOUSE / "templates"), [("layout.html", "jinja2")], {}):
        needed.add(message)
    with (HOUSE / f"translations/{language}/LC_MESSAGES/kit.po").open("rb") as stream:
        catalogue = read_po(stream, locale=language)
    done = {
        message.id
        for message in catalogue
        if message.id and all(message.string if isinstance(message.string, tuple) else (message.string,))
    }
    assert needed <= done
    assert [error for _message, errors in catalogue.check() for error in errors] == []


CHOICES = [SelectChoice("a", "A"), SelectChoice("b", "B", {"hint": "The second"})]


class Cost(Form):
    what = StringField("What", [InputRequired("Say what.")])
    amount = DecimalField("Amount", [InputRequired("Say how much.")])


class Everything(Form):
    name = StringField("Name", [InputRequired("Give the name.")])
    members = IntegerField("Members", [Optional()])
    founded = DateField("Founded", [Optional()], format=["%d. %m. %Y"])
    about = TextAreaField("About", [Length(max=10, message="Too long.")])
    place = SelectField("Place", choices=CHOICES)
    kind = RadioField("Kind", choices=CHOICES)
    groups = SelectMultipleField("Groups", choices=CHOICES)
    proof = FileField("Proof")
    secret = PasswordField("Password")
    agree = BooleanField("I agree")
    costs = FieldList(FormField(Cost), "Costs", min_entries=1)


@pytest.fixture
def app() -> Iterator[Flask]:
    app = Flask("shell", template_folder=str(HOUSE / "templates"), static_folder=str(STATIC))
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals.update(asset=lambda path: f"/static/{path}?v=1", csrf_token=lambda: "token")
    app.jinja_env.filters["instant"] = str
    Babel(app)
    with app.test_request_context("/sl/"):
        yield app


def test_fields_of_every_kind_say_their_label_and_error(app: Flask) -> None:
    form = Everything(MultiDict({"about": "far too long a text", "costs-0-what": "<b>", "secret": "hush"}))
    assert not form.validate()
    draw = get_template_attribute("kit/form.html", "field")
    for item in form:
        if item.name == "costs":
            continue
        html = str(draw(item, hint="A hint"))
        assert f'id="{item.id}"' in html and f'id="{item.id}-hint"' in html
        assert f'for="{item.id}"' in html or "<legend" in html
        assert not item.errors or f'id="{item.id}-error"' in html
    assert 'aria-invalid="true"' in str(draw(form.name)) and "aria-invalid" not in str(draw(form.agree))
    assert "hush" not in str(draw(form.secret))
    assert 'data-maxlength="10"' in str(draw(form.about)) and " maxlength=" not in str(draw(form.about))


def test_error_summary_links_to_nested_fields(app: Flask) -> None:
    form = Everything(MultiDict({"costs-0-what": "Balls", "costs-0-amount": ""}))
    form.validate()
    html = str(get_template_attribute("kit/form.html", "error_summary")(form, [("The call is closed.", None)]))
    assert '<a href="#name">Give the name.</a>' in html
    assert '<a href="#costs-0-amount">Say how much.</a>' in html
    assert "<li>The call is closed.</li>" in html
    assert str(get_template_attribute("kit/form.html", "error_summary")(None)).strip() == ""


def test_rows_escape_what_was_typed_and_carry_a_blank_row(app: Flask) -> None:
    form = Everything(MultiDict({"costs-0-what": "<b>", "costs-4-what": "Nets"}))
    for as_table in (True, False):
        html = str(get_template_attribute("kit/form.html", "rows")(form.costs, as_table=as_table))
        assert "&lt;b&gt;" in html and "<b>" not in html
        assert 'name="costs-__row__-what"' in html and 'value="costs-1"' in html


def test_counter_has_the_plural_forms_of_the_language(app: Flask) -> None:
    from grants.base import catalogues

    assert {"kit.po", "wtforms.po"} <= {path.name for path in catalogues.parts(HOUSE / "translations", "sl")}
    with (HOUSE / "translations/sl/LC_MESSAGES/kit.po").open("rb") as stream:
        message = read_po(stream, locale="sl").get("At most %(num)s character")
    assert message is not None
    assert [text.rsplit(" ", 1)[1] for text in message.string] == ["znak", "znaka", "znaki", "znakov"]


def shell_context() -> dict[str, object]:
    return {
        "lang": "it",
        "language_links": (("sl", "Slovenščina", "/sl/x"), ("it", "Italiano", "/it/x"), ("en", "English", "/en/x")),
        "municipality": {"sl": "Občina Obala", "it": "Comune di Obala"},
        "server_time": datetime(2026, 12, 4, 11, 0, tzinfo=UTC),
    }


def test_error_pages_ask_neither_for_the_person_nor_for_the_menu(app: Flask) -> None:
    with force_locale("it"):
        html = render_template("errors/error.html", status=409, title="T", happened="H <", todo="D", **shell_context())
        again = render_template("errors/expired.html", typed=[("about", "a\nb"), ("empty", "")], action="/it/x", **shell_context())
    assert '<html lang="it"' in html and "H &lt;" in html and html.count("<h1") == 1
    assert 'hreflang="sl"' in html and "Comune di Obala" in html
    assert 'name="about"' in again and 'name="empty"' in again and 'action="/it/x"' in again and again.count("<h1") == 1


def test_account_menu_signs_out_by_post(app: Flask) -> None:
    person = SimpleNamespace(is_authenticated=True, name="Maja Novak")
    html = render_template(
        "layout.html", **shell_context(), navigation=[("Bandi", "/it/bandi", True)], current_user=person, links={"sign_out": "/it/out"}
    )
    assert '<form method="post" action="/it/out">' in html and 'name="csrf_token" value="token"' in html
    assert 'aria-current="page"' in html
