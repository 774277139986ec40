"""Documents: conformance, languages, data inside, the same bytes twice, and nothing fetched from anywhere."""

import hashlib
import json
import os
import re
import shutil
import subprocess
import tomllib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import page
import pytest
import segno
from babel.messages.pofile import read_po
from jinja2 import Environment, UndefinedError, nodes
from pyhanko.pdf_utils.reader import PdfFileReader

from grants.base import rendering
from grants.base.wording import MissingTextError, texts
from grants.config import resource

FACTS = Path(__file__).parent / "facts"
KINDS = ("decision", "receipt", "minutes", "form", "application")


def requires_program(name: str) -> str:
    """Skip where a program of the system is missing; fail where everything has to be tested (GRANTS_TEST_ALL=1)."""
    found = shutil.which(name)
    if found is None:
        message = f"{name} is not installed (Debian: poppler-utils)"
        if os.environ.get("GRANTS_TEST_ALL") == "1":
            pytest.fail(message)
        pytest.skip(message)
    return found


def facts_of(kind: str) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((FACTS / f"{kind}.json").read_text(encoding="utf-8"))
    return facts


def render(kind: str, facts: dict[str, Any] | None = None, **changes: Any) -> bytes:
    given = facts or facts_of(kind)
    embedded = json.dumps(given, ensure_ascii=False, sort_keys=True).encode()
    settings: dict[str, Any] = {
        "title": f"{kind} {given['number']}",
        "language": given["languages"][0],
        "attachment": ("podatki.json", embedded),
        "signature_field": False,
    }
    return rendering.render(kind, given, **(settings | changes))


def text_of(pdf: bytes, folder: Path) -> str:
    program = requires_program("pdftotext")
    (folder / "document.pdf").write_bytes(pdf)
    told = subprocess.run([program, "-layout", folder / "document.pdf", "-"], capture_output=True, check=True)
    return told.stdout.decode()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("field", [False, True])
def test_each_document_is_pdf_a_3a_and_pdf_ua_1(kind: str, field: bool) -> None:
    pdf = render(kind, signature_field=field)
    for profile in ("3a", "ua1"):
        report = page.validate_pdf_bytes(pdf, profile=profile)
        assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]


def test_a_stream_that_ends_with_a_carriage_return_is_conformant_too() -> None:
    """One document in ten or so has one: its checksum, the last byte of the compressed stream, happens to be 13."""
    embedded = next(data for n in range(300) if (1 + sum(data := b"!" * n)) % 65521 % 256 == 13)
    pdf = render("receipt", attachment=("facts.json", embedded))
    assert b"\r\r\nendstream" in pdf
    for profile in ("3a", "ua1"):
        assert page.validate_pdf_bytes(pdf, profile=profile).is_compliant


@pytest.mark.parametrize("kind", KINDS)
def test_two_renders_are_the_same_bytes(kind: str) -> None:
    assert render(kind, signature_field=True) == render(kind, signature_field=True)


def _widened(table: dict[str, Any], rows: list[list[Any]]) -> None:
    """Twelve columns, as the yearly programme of sport has them, and a long name."""
    heads = [f"Usposobljenost{number} trenerja" for number in range(12)]
    table["columns"] = [
        dict.fromkeys(("sl", "it"), head) if "kind" not in table else table["columns"][0] | {"label": head} for head in heads
    ]
    rows[:] = [["Mlajša tekmovalna skupina deklic in dečkov", *[{"cents": 123456789}] * 11] for _row in rows]


@pytest.mark.parametrize("kind", ["receipt", "form", "application"])
def test_nothing_of_a_wide_table_is_cut_off_by_the_edge_or_printed_over_its_neighbour(kind: str, tmp_path: Path) -> None:
    facts = facts_of(kind)
    asked = [one for section in facts["sections"] for one in section.get("answers") or section["questions"]]
    table = next(one for one in asked if "rows" in one and one.get("kind", "table") == "table")
    _widened(table, table["table"]["rows"] if table.get("table") else [] if "kind" in table else table["rows"])
    if table.get("table"):
        table["table"]["totals"] = [None, *[{"cents": 1}] * 11]
    (tmp_path / "document.pdf").write_bytes(render(kind, facts))
    told = subprocess.run([requires_program("pdftotext"), "-bbox", tmp_path / "document.pdf", "-"], capture_output=True, check=True)
    found = re.findall(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]+)<', told.stdout.decode())
    assert max(float(right) for _left, _top, right, _bottom, _word in found) < 545  # of 595; the margin is 20 mm
    heads = [
        (word, float(left), float(top), float(right)) for left, top, right, _bottom, word in found if word.startswith("Usposobljenost")
    ]
    assert {word.rstrip(":") for word, *_place in heads} == {f"Usposobljenost{number}" for number in range(12)}
    for word, left, top, right in heads:
        assert not [one for one, begins, above, _ends in heads if above == top and left < begins < right], word


def test_single_language_act_is_complete_and_conformant(tmp_path: Path) -> None:
    facts = facts_of("decision") | {"languages": ["sl"], "signature": None}
    pdf = render("decision", facts, attachment=None)
    assert page.is_pdf_compliant_bytes(pdf, profile="3a")
    assert page.is_pdf_compliant_bytes(pdf, profile="ua1")
    words = text_of(pdf, tmp_path)
    assert "ODLOČBO" in words
    assert "DECISIONE" not in words


def test_bilingual_act_has_every_part_in_both_languages_in_the_order_of_the_law(tmp_path: Path) -> None:
    words = re.sub(r"\s+", " ", text_of(render("decision"), tmp_path))
    slovenian = ["izdaja", "ODLOČBO", "se delno ugodi", "Obrazložitev", "Pouk o pravnem sredstvu", "Postopek vodi", "Izdaja:"]
    italian = ["emana la presente", "DECISIONE", "accolta parzialmente", "Motivazione", "Istruzione sui mezzi", "Emanato da:"]
    places = [words.index(part) for part in slovenian]
    assert places == sorted(places)
    start = words.index("DECISIONE") - 100
    places = [words.index(part, start) for part in italian]
    assert places == sorted(places)
    assert "Stran 1 od 9" in words
    assert "Pagina 9 di 9" in words
    assert "4.821,37 EUR" in words.replace("\u00a0", " ")


def test_letters_of_both_languages_can_be_read_out_of_the_file(tmp_path: Path) -> None:
    words = text_of(render("decision"), tmp_path)
    for letter in "čšžČŠŽàè":
        assert letter in words, letter
    assert "Žnidaršič" in words
    assert "attività" in words


def test_language_of_each_part_is_marked() -> None:
    document = render("minutes")
    reader = PdfFileReader(BytesIO(document))
    (whole,) = reader.root["/StructTreeRoot"]["/K"]
    spoken = [str(part.get_object()["/Lang"]) for part in whole.get_object()["/K"]]
    assert spoken[0] == "sl"
    assert spoken[-1] == "it"
    assert spoken == sorted(spoken, reverse=True)


def test_steps_stand_under_their_item_are_counted_anew_and_the_sum_comes_last(tmp_path: Path) -> None:
    def step(words: str, **more: Any) -> dict[str, Any]:
        return {"text": dict.fromkeys(("sl", "it"), words), "result": None, **more}

    steps = [
        step("Postavka ena", heading=True),
        step("korak A", number=1),
        step("korak B", number=2),
        step("Postavka dve", heading=True),
        step("korak C", number=1),
    ]
    pdf = render("decision", facts_of("decision") | {"languages": ["sl"], "calculation": [*steps, step("Vse skupaj", total=True)]})
    text = re.sub(r"\s+", " ", text_of(pdf, tmp_path))
    assert "Postavka ena 1. korak A 2. korak B Postavka dve 1. korak C Vse skupaj" in text
    report = page.validate_pdf_bytes(pdf, profile="ua1")
    assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]


def test_table_header_is_repeated_over_pages(tmp_path: Path) -> None:
    pages = text_of(render("decision", facts_of("decision") | {"languages": ["sl"]}), tmp_path).split("\f")
    assert sum("Merilo in člen" in one for one in pages) == 2


def test_attachment_is_found_again_and_its_fingerprint_is_printed(tmp_path: Path) -> None:
    program = requires_program("pdfdetach")
    facts = facts_of("decision")
    data = json.dumps(facts, ensure_ascii=False, sort_keys=True).encode()
    pdf = render("decision", facts)
    (tmp_path / "act.pdf").write_bytes(pdf)
    subprocess.run([program, "-save", "1", "-o", tmp_path / "out.json", tmp_path / "act.pdf"], check=True)
    assert (tmp_path / "out.json").read_bytes() == data
    assert _relationships(pdf) == ["/Data"]
    assert hashlib.sha256(data).hexdigest() in text_of(pdf, tmp_path)


def _relationships(pdf: bytes) -> list[str]:
    return [str(item.get_object()["/AFRelationship"]) for item in PdfFileReader(BytesIO(pdf)).root["/AF"]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_missing_fact_is_an_error(kind: str) -> None:
    for key in facts_of(kind):
        poorer = facts_of(kind)
        del poorer[key]
        if key in ("languages", "number", "dated"):
            continue
        with pytest.raises(UndefinedError):
            rendering.html_of(kind, poorer, title="x", language="sl", signature_field=True)


def test_a_text_missing_in_one_language_of_the_act_is_an_error() -> None:
    facts = facts_of("decision")
    facts["criteria"][3]["reason"]["it"] = ""
    with pytest.raises(MissingTextError):
        render("decision", facts)


def test_text_that_people_wrote_is_escaped() -> None:
    facts = facts_of("decision") | {"party_name": "<img src='https://example.org/x.png'>"}
    told = rendering.html_of("decision", facts, title="x", language="sl")
    assert "<img" not in told
    assert "&lt;img" in told


@pytest.mark.parametrize(
    "address",
    ["https://example.org/seal.png", "http://127.0.0.1:9/seal.png", "file:///etc/passwd", "data:image/png;base64,AAAA", "ftp://x/y"],
)
def test_a_document_can_fetch_nothing(address: str, tmp_path: Path) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    source = '<html lang="sl"><title>x</title><body><p>Pozdravljeni</p><img alt="žig" src="{}"></body></html>'
    (folder / "letter.html").write_text(source.format(address), encoding="utf-8")
    facts = {"dated": "2026-05-18T10:00:00+02:00"}
    with pytest.raises(rendering.ForbiddenResourceError):
        rendering.render("letter", facts, title="x", language="sl", templates=tmp_path)


def test_climbing_out_of_the_own_folder_is_refused() -> None:
    fonts = resource("static").resolve() / "fonts"
    fetcher = rendering._OwnFiles()
    assert fetcher.fetch(f"file://{fonts}/MerilaSans-Regular.ttf").read(4) == b"\x00\x01\x00\x00"
    with pytest.raises(rendering.ForbiddenResourceError):
        fetcher.fetch(f"file://{fonts}/../../requirements.in")
    with pytest.raises(rendering.ForbiddenResourceError):
        fetcher.fetch(f"file://{fonts}/%2e%2e/%2e%2e/requirements.in")


def _sentences() -> Iterator[str]:
    environment = Environment(autoescape=True)
    for path in sorted((resource("templates") / "documents").glob("*.html")):
        for call in environment.parse(path.read_text(encoding="utf-8")).find_all(nodes.Call):
            if isinstance(call.node, nodes.Name) and call.node.name == "t":
                assert isinstance(call.args[0], nodes.Const), f"{path.name}: only literal sentences can be translated"
                yield call.args[0].value
    yield from ("Yes", "No")


@pytest.mark.parametrize("language", ["sl", "it"])
def test_every_sentence_of_every_template_is_translated_with_the_same_values(language: str) -> None:
    path = resource("translations") / language / "LC_MESSAGES" / "documents.po"
    catalogue = read_po(BytesIO(path.read_bytes()), locale=language)
    known = {str(message.id): str(message.string) for message in catalogue if message.id}
    used = set(_sentences())
    assert used == set(known)
    placeholder = re.compile(r"%\((\w+)\)s")
    for sentence, translated in known.items():
        assert translated, sentence
        assert sorted(placeholder.findall(sentence)) == sorted(placeholder.findall(translated)), sentence


@pytest.mark.parametrize(
    ("language", "call", "value", "expected"),
    [
        ("sl", "money", 123456, "1.234,56 EUR"),
        ("it", "money", -5, "−0,05 EUR"),
        ("en", "money", 100000000, "1,000,000.00 EUR"),
        ("sl", "points", "84.50", "84,5"),
        ("sl", "points", "254/3", "84 2/3"),
        ("sl", "points", "2/3", "2/3"),
        ("sl", "points", "1000/311", "≈ 3,2154"),
        ("sl", "date", "2026-05-04", "4. 5. 2026"),
        ("it", "date", "2026-05-04T23:30:00+00:00", "5 maggio 2026"),
        ("sl", "instant", "2026-05-04T10:00:00+00:00", "ponedeljek, 4. 5. 2026 ob 12:00:00 (UTC+2)"),
        ("it", "instant", "2026-03-06T18:42:07+01:00", "venerdì 6 marzo 2026, ore 18:42:07 (UTC+1)"),
        ("sl", "number", "0.125", "0,125"),
        ("sl", "percent", "41.2", "41,2 %"),
        ("sl", "value", {"cents": 5}, "0,05 EUR"),
        ("it", "value", [True, None, 12000], "Sì; –; 12.000"),
        ("sl", "size", 184223, "184,2 kB"),
        ("sl", "text", "po 16. členu, 12. 3. 2026 in št. 5", "po 16. členu, 12. 3. 2026 in št. 5"),
    ],
)
def test_values_are_said_in_their_language(language: str, call: str, value: Any, expected: str) -> None:
    assert getattr(texts(language), call)(value).replace("\u00a0", " ") == expected


def test_fonts_are_those_of_the_manifest() -> None:
    folder = resource("static") / "fonts"
    manifest = tomllib.loads((folder / "MANIFEST.toml").read_text(encoding="utf-8"))
    assert {entry["name"] for entry in manifest["file"]} == {
        path.name for path in folder.glob("*.*f*") if path.suffix in (".ttf", ".woff2")
    }
    for entry in manifest["file"]:
        assert hashlib.sha256((folder / entry["name"]).read_bytes()).hexdigest() == entry["sha256"]
    assert "Reserved Font Name" in (folder / "OFL.txt").read_text(encoding="utf-8")


def test_qr_drawing_has_exactly_the_dark_modules_of_the_code() -> None:
    content = "671-3/2026-14\nsha256:" + "0f" * 32
    drawn = set()
    (path,) = re.findall(r' d="([^"]+)"', rendering.qr(content, "Koda <QR>"))
    x, y = 0, 0.0
    for right, down, run in re.findall(r"m(-?\d+) (-?[\d.]+)h(\d+)", path):
        x, y = x + int(right), y + float(down)
        drawn |= {(int(y), x + step) for step in range(int(run))}
        x += int(run)
    matrix = segno.make(content, error="m", micro=False).matrix
    assert drawn == {(row, column) for row, line in enumerate(matrix) for column, dark in enumerate(line) if dark}
    assert "<title>Koda &lt;QR&gt;</title>" in rendering.qr(content, "Koda <QR>")
