"""Facts to PDF: one file that is PDF/A-3a (archive) and PDF/UA-1 (accessible) at once, the same bytes every time.

Pure: no request, no database, no network, no clock. Each date in the file comes from the facts.
"""

from __future__ import annotations

import gc
import hashlib
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

import pydyf
import segno
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined, UndefinedError
from markupsafe import Markup
from weasyprint import CSS, HTML, Attachment
from weasyprint.css import ColorProfile
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from grants.base.wording import Texts, texts
from grants.config import resource

SIGNATURE_FIELD = "Podpis"
_COLOURS = "merila-srgb"
_COLLECT_EVERY = 16  # documents between two garbage collections; WeasyPrint's boxes are full of cycles
_UA_MARK = (
    b'<rdf:Description rdf:about="" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1"/>'
    b'<rdf:Description rdf:about="" xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/"'
    b' xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">'
    b'<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">'
    b"<pdfaSchema:schema>PDF/UA identification schema</pdfaSchema:schema>"
    b"<pdfaSchema:namespaceURI>http://www.aiim.org/pdfua/ns/id/</pdfaSchema:namespaceURI>"
    b"<pdfaSchema:prefix>pdfuaid</pdfaSchema:prefix>"
    b'<pdfaSchema:property><rdf:Seq><rdf:li rdf:parseType="Resource">'
    b"<pdfaProperty:name>part</pdfaProperty:name><pdfaProperty:valueType>Integer</pdfaProperty:valueType>"
    b"<pdfaProperty:category>internal</pdfaProperty:category>"
    b"<pdfaProperty:description>Part of ISO 14289 this file conforms to</pdfaProperty:description>"
    b"</rdf:li></rdf:Seq></pdfaSchema:property></rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>"
)


class ForbiddenResourceError(Exception):
    """A document asked for something that is not one of our own font or print files."""


class _OwnFiles(URLFetcher):
    """Opens the fonts and print files that ship with Merila, and nothing else: no network, no other file."""

    def __init__(self) -> None:
        super().__init__(fail_on_errors=True)
        static = resource("static").resolve()
        self._folders = (static / "fonts", static / "documents")

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:
        parts = urlsplit(url)
        if parts.scheme != "file" or parts.netloc:
            raise ForbiddenResourceError(f"A document may not fetch {url}")
        path = Path(url2pathname(unquote(parts.path))).resolve()
        if not any(path.is_relative_to(folder) for folder in self._folders):
            raise ForbiddenResourceError(f"A document may not read {url}")
        return URLFetcherResponse(url, path.read_bytes())


class _ExactFacts(Environment):
    """Names the missing fact at once, also where a formatter, not the template itself, would stumble over it."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        found = super().getattr(obj, attribute)
        if isinstance(found, Undefined):
            raise UndefinedError(f"The document asks for the fact {attribute!r}, which was not given")
        return found


class _Press:
    """What is prepared once per process: fonts, the parsed style sheet, the templates."""

    def __init__(self, templates: Path) -> None:
        self.fetcher = _OwnFiles()
        self.fonts = FontConfiguration()
        sheet = resource("static").resolve() / "documents" / "print.css"
        self.css = CSS(filename=sheet, font_config=self.fonts, url_fetcher=self.fetcher)
        # WeasyPrint would open (and leave open) and parse its own sRGB profile for every document.
        profile = BytesIO((files("weasyprint.pdf") / "sRGB2014.icc").read_bytes())
        self.colours = ColorProfile(profile, "sRGB2014.icc", "relative-colorimetric", (["r"], ["g"], ["b"]))
        self.jinja = _ExactFacts(
            loader=FileSystemLoader(templates),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
        )
        self.jinja.globals = {"texts": texts, "qr": qr, "is_amount": is_amount, "fits": fits}
        self.rendered = 0


_lock = threading.Lock()


@cache
def _press(templates: Path) -> _Press:
    return _Press(templates)


def qr(content: str, title: str) -> Markup:
    """A QR code as one SVG path, so that it stays sharp and PDF/A has no interpolated picture to complain of."""
    code = segno.make(content, error="m", micro=False)
    size = code.symbol_size(border=0)[0]
    path, pen = [], (0, 0.0)
    for row, line in enumerate(code.matrix):
        column = 0
        while column < size:
            run = 0
            while column + run < size and line[column + run]:
                run += 1
            if run:  # one stroke per run of dark modules: a third of the drawing work of filled boxes
                path.append(f"m{column - pen[0]} {row + 0.5 - pen[1]:g}h{run}")
                pen = (column + run, row + 0.5)
            column += run or 1
    drawing = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}"><title>{1}</title><path d="{2}" stroke="#000"/></svg>'
    return Markup(drawing).format(size, title, "".join(path))  # noqa: S704 - format escapes the title


def is_amount(value: Any) -> bool:
    """Whether a cell of a table holds something that is lined up on the right."""
    return isinstance(value, dict) and not {"cents", "points", "number", "percent"}.isdisjoint(value)


def fits(t: Texts, heads: Sequence[Any], rows: Sequence[Sequence[Any]] = (), *, equal: bool = False, whole: bool = False) -> bool:
    """Whether a table fits between the margins, by the words that it must not break, in average letters.

    With `equal`, in columns of one width; with `whole`, if no word at all is broken.

    A table that does not fit is set row by row: what runs over the edge of the paper is lost.
    """
    widths = []
    for place, head in enumerate(heads):
        cells = [max(map(len, t.value(row[place]).split(" "))) for row in rows]
        if not whole:
            cells = [min(_SHORT, letters) for letters in cells]
        widths.append(_PADDING_MM + _LETTER_MM * max(cells + [len(word) for word in t.text(head).split(" ")]))
    return (max(widths) * len(widths) if equal else sum(widths)) <= _BETWEEN_MARGINS_MM


_BETWEEN_MARGINS_MM, _LETTER_MM, _PADDING_MM, _SHORT = 170, 1.5, 3.2, 14
"""`_SHORT` as in documents/pieces.html: so many letters of a cell stay together."""


def fingerprint_of(facts: Mapping[str, Any], attachment: tuple[str, bytes] | None = None) -> str:
    """The SHA-256 printed in the document: of the embedded data file, or of the facts where nothing is embedded."""
    if attachment is not None:
        return hashlib.sha256(attachment[1]).hexdigest()
    canonical = json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def html_of(
    template: str,
    facts: Mapping[str, Any],
    *,
    title: str,
    language: str,
    attachment: tuple[str, bytes] | None = None,
    signature_field: bool = False,
    templates: Path | None = None,
) -> str:
    """The document as HTML, before it is set in pages. A fact that the template asks for and does not get is an error."""
    press = _press(templates or resource("templates"))
    return press.jinja.get_template(f"documents/{template}.html").render(
        facts=facts,
        title=title,
        language=language,
        fingerprint=fingerprint_of(facts, attachment),
        attachment_name=attachment[0] if attachment else None,
        field_name=SIGNATURE_FIELD if signature_field else None,
    )


def render(
    template: str,
    facts: Mapping[str, Any],
    *,
    title: str,
    language: str,
    attachment: tuple[str, bytes] | None = None,
    signature_field: bool = False,
    templates: Path | None = None,
) -> bytes:
    """Set `templates/documents/<template>.html` with these facts (JSON primitives only) as PDF/A-3a and PDF/UA-1.

    `facts["dated"]` is the instant that the file bears. `attachment` is (file name, bytes), embedded with relationship
    Data. `signature_field` leaves an empty field that `signing.sign` fills.
    """
    dated = datetime.fromisoformat(facts["dated"])
    press = _press(templates or resource("templates"))
    with _lock:  # the garbage collector is the whole process's; and threads would gain nothing in pure Python
        was_enabled = gc.isenabled()
        gc.disable()
        try:
            source = html_of(
                template, facts, title=title, language=language, attachment=attachment, signature_field=signature_field, templates=templates
            )
            attachments = []
            if attachment is not None:
                moment = dated.astimezone(UTC)
                name, embedded = attachment
                attachments.append(
                    Attachment(string=embedded, name=name, description=title, created=moment, modified=moment, relationship="Data")
                )
            html = HTML(string=source, url_fetcher=press.fetcher, base_url=None)
            data: bytes = html.write_pdf(
                stylesheets=[press.css],
                font_config=press.fonts,
                pdf_variant="pdf/a-3a",
                output_intent=_COLOURS,
                color_profiles={_COLOURS: press.colours},
                attachments=attachments,
                finisher=_finish,
            )
        except FatalURLFetchingError as error:
            raise ForbiddenResourceError(str(error.__cause__ or error)) from error
        finally:
            press.rendered += 1
            if press.rendered % _COLLECT_EVERY == 0:
                gc.collect()
            if was_enabled:
                gc.enable()
    return data


def _finish(document: Document, pdf: pydyf.PDF) -> None:
    """What WeasyPrint does not do by itself, done before the file is written."""
    _mark_as_accessible(pdf)
    _name_attachments_once(pdf)
    _name_languages(document, pdf)
    _make_signature_field(pdf)
    _end_streams_clearly(pdf)


def _object(pdf: pydyf.PDF, reference: bytes) -> Any:
    return pdf.objects[int(reference.split()[0])]


def _mark_as_accessible(pdf: pydyf.PDF) -> None:
    """PDF/UA's mark, and the extension schema by which PDF/A allows that mark; uncompressed, so that everybody finds it."""
    metadata = _object(pdf, pdf.catalog["Metadata"])
    before, end, after = metadata.stream[0].rpartition(b"</rdf:RDF>")
    metadata.stream = [before + _UA_MARK + end + after]
    metadata.compress = False


def _name_attachments_once(pdf: pydyf.PDF) -> None:
    """WeasyPrint 70 lists each associated file twice."""
    if "AF" in pdf.catalog:
        pdf.catalog["AF"] = pydyf.Array(dict.fromkeys(pdf.catalog["AF"]))


def _name_languages(document: Document, pdf: pydyf.PDF) -> None:
    """Each language part is an <article lang>: tell the reading voice, page by page, which language it reads."""
    languages = [box.element.get("lang") for page in document.pages for box in _articles(page._page_box)]
    elements = [item for item in pdf.objects if isinstance(item, pydyf.Dictionary) and item.get("S") == "/Art"]
    if len(languages) != len(elements):
        raise RuntimeError("The tag tree and the pages disagree about the language parts")
    for element, language in zip(elements, languages, strict=True):
        element["Lang"] = pydyf.String(language)


def _articles(box: Any) -> Iterator[Any]:
    if box.element_tag == "article":
        yield box
    else:
        for child in getattr(box, "children", ()):
            yield from _articles(child)


def _make_signature_field(pdf: pydyf.PDF) -> None:
    """WeasyPrint made and tagged a checkbox; turn it into an empty, invisible signature field (the block is printed)."""
    form = pdf.catalog.get("AcroForm")
    if form is None:
        return
    form.pop("NeedAppearances", None)
    form.pop("DR", None)
    for reference in form["Fields"]:
        field = _object(pdf, reference)
        for key in ("V", "AS", "AP", "MK", "Border"):
            field.pop(key, None)
        field["FT"] = "/Sig"
        field["F"] = 132  # print, locked
        left, top = field["Rect"][0], field["Rect"][1]
        field["Rect"] = pydyf.Array([left, top, left, top])


@cache
def _clearly_ended(kind: Any) -> Any:
    class Ended(kind):
        @property
        def data(self) -> bytes:
            data: bytes = super().data
            return data.removesuffix(b"\nendstream") + b"\r\nendstream" if data.endswith(b"\r\nendstream") else data

    return Ended


def _end_streams_clearly(pdf: pydyf.PDF) -> None:
    """One compressed stream in 256 ends with a carriage return; with the line feed before `endstream` that reads like one end of line,
    and validators (one document in ten or so) find the stream a byte too short. Such a stream gets a whole end of line after it."""
    for item in pdf.objects:
        if isinstance(item, pydyf.Stream):
            kind: Any = type(item)
            item.__class__ = _clearly_ended(kind)
