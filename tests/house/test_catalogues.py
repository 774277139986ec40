"""Slovenian and Italian are equal: a missing, empty or broken translation fails here."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from babel.messages import pofile
from babel.messages.extract import extract_from_dir
from babel.support import Translations

from grants.base import catalogues

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "translations"
METHODS = [("grants/**.py", "python"), ("templates/**", "jinja2")]
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2), "lazy_ngettext": (1, 2)}
OPTIONS = {"templates/**": {"trimmed": "false", "silent": "false"}}
OF_LIBRARIES = frozenset(
    str(message.id if isinstance(message.id, str) else message.id[0])
    for message in pofile.read_po(io.BytesIO((FOLDER / "sl/LC_MESSAGES/wtforms.po").read_bytes()))
    if message.id
)
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@cache
def messages() -> dict[str | tuple[str, ...], str]:
    """Every text that people read, with one place where it stands."""
    found: dict[str | tuple[str, ...], str] = {}
    for name, line, message, _comments, _context in extract_from_dir(str(ROOT), METHODS, OPTIONS, keywords=KEYWORDS):
        if isinstance(message, str) and not message:
            continue
        found.setdefault(message, f"{name}:{line}")
    return found


def missing(language: str) -> Iterator[str]:
    catalogue = catalogues.read(FOLDER, language)
    for message, place in sorted(messages().items(), key=lambda pair: pair[1]):
        known = catalogue.get(message if isinstance(message, str) else message[0])
        strings = () if known is None else known.string if isinstance(known.string, tuple | list) else (known.string,)
        wanted = 1 if isinstance(message, str) else {"sl": 4, "it": 2}[language]
        if known is not None and not isinstance(message, str) and not isinstance(known.id, tuple | list):
            yield f"{place}: has no plural forms: {message!r}"
        elif len([string for string in strings if string and string.strip()]) < wanted:
            yield f"{place}: {message!r}"


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_every_text_is_translated(language: str) -> None:
    assert list(missing(language)) == []


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_placeholders_are_those_of_the_source(language: str) -> None:
    wrong = []
    for message in catalogues.read(FOLDER, language):
        if not message.id:
            continue
        ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
        strings = message.string if isinstance(message.string, tuple | list) else (message.string,)
        wanted = {name for one in ids for name in PLACEHOLDER.findall(one)}
        wrong += [
            (message.id, one)
            for one in strings
            if set(PLACEHOLDER.findall(one)) - wanted or (len(ids) == 1 and set(PLACEHOLDER.findall(one)) != wanted)
        ]
    assert wrong == []


@pytest.mark.parametrize("language", catalogues.TRANSLATED)
def test_nothing_is_translated_that_nobody_reads(language: str) -> None:
    used = {message if isinstance(message, str) else message[0] for message in messages()}
    read = [message for message in catalogues.read(FOLDER, language) if message.id and message.context is None]
    kept = {message.id if isinstance(message.id, str) else message.id[0] for message in read}
    assert sorted(kept - used - OF_LIBRARIES) == []


def test_slovenian_counts_in_four_ways(tmp_path: Path) -> None:
    folder = tmp_path / "sl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "trial.po").write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "%(num)s application"\nmsgid_plural "%(num)s applications"\n'
        'msgstr[0] "%(num)s vloga"\nmsgstr[1] "%(num)s vlogi"\nmsgstr[2] "%(num)s vloge"\nmsgstr[3] "%(num)s vlog"\n',
        encoding="utf-8",
    )
    catalogues.compile_all(tmp_path)
    translations = Translations.load(str(tmp_path), ["sl"])
    said = [translations.ungettext("%(num)s application", "%(num)s applications", n) % {"num": n} for n in (1, 2, 3, 5, 101)]
    assert said == ["1 vloga", "2 vlogi", "3 vloge", "5 vlog", "101 vloga"]
