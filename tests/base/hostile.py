"""Files that mean no good, and good ones beside them: each with the sentence that refuses it."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable

from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter, generic

from grants.base import files

MEGABYTE = 1024 * 1024


def pdf(*objects: bytes, trailer: bytes = b"") -> bytes:
    """A whole PDF with these objects besides its page."""
    parts = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>", b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>"]
    data = b"%PDF-1.7\n"
    places = []
    for number, part in enumerate([*parts, *objects], 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"xref\n0 %d\n0000000000 65535 f \n" % (len(places) + 1) + b"".join(b"%010d 00000 n \n" % place for place in places)
    ending = b"trailer\n<</Root 1 0 R/Size %d%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(places) + 1, trailer, len(data))
    return data + table + ending


def locked_pdf() -> bytes:
    """A PDF that a library has encrypted."""
    writer = PdfFileWriter()
    writer.insert_page(PageObject(contents=writer.add_object(generic.StreamObject(stream_data=b"q Q")), media_box=(0, 0, 595, 842)))
    writer.encrypt("lastnica", "geslo")  # type: ignore[no-untyped-call]  # the library leaves it untyped
    made = io.BytesIO()
    writer.write(made)  # type: ignore[no-untyped-call]  # likewise
    return made.getvalue()


def packed_pdf(content: bytes) -> bytes:
    """A PDF with these objects in a compressed stream."""
    packed = zlib.compress(content)
    return pdf(b"<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length %d>>stream\n%s\nendstream" % (len(packed), packed))


def png(width: int = 2, height: int = 2, extra: bytes = b"") -> bytes:
    """A PNG that claims to be so large."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(bytes(2 * 7)))
    return b"\x89PNG\r\n\x1a\n" + head + (chunk(b"tEXt", b"Comment\0" + extra) if extra else b"") + pixels + chunk(b"IEND", b"")


def jpeg(width: int = 2, height: int = 2, comment: bytes = b"", behind: bytes = b"") -> bytes:
    """A JPEG that claims to be so large."""
    said = b"\xff\xfe" + struct.pack(">H", len(comment) + 2) + comment if comment else b""
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 11, 8, height, width, 1) + b"\x01\x11\x00"
    return b"\xff\xd8" + said + frame + b"\xff\xda" + struct.pack(">HBBBBBB", 8, 1, 1, 0, 0, 63, 0) + b"\x00\x3f" + b"\xff\xd9" + behind


def archive(parts: dict[str, bytes | str], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP archive, the same bytes at any time of the day."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as writer:
        for name, content in parts.items():
            writer.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 12, 0, 0)), content, compress_type=method)
    return made.getvalue()


TYPES: dict[str, bytes | str] = {"[Content_Types].xml": "<Types/>"}
WORD: dict[str, bytes | str] = {**TYPES, "word/document.xml": "<w/>"}
SHEET: dict[str, bytes | str] = {**TYPES, "xl/workbook.xml": "<x/>"}
TEXT: dict[str, bytes | str] = {"mimetype": files.KINDS["odt"], "content.xml": "<o/>"}


def lying_archive() -> bytes:
    """A Word file one part of which unpacks to more than its directory says."""
    honest = archive({**WORD, "word/media/a.bin": bytes(5 * MEGABYTE)})
    return honest.replace(struct.pack("<I", 5 * MEGABYTE), struct.pack("<I", 5))


def linked_archive() -> bytes:
    """A Word file with a symbolic link."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as writer:
        for name, content in WORD.items():
            writer.writestr(name, content)
        link = zipfile.ZipInfo("word/media/a.png")
        link.external_attr = 0o120777 << 16
        writer.writestr(link, "/etc/passwd")
    return made.getvalue()


def protected_archive() -> bytes:
    """A Word file whose parts are marked as encrypted."""
    data = bytearray(archive(WORD))
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(signature)
        while at >= 0:
            data[at + flags] |= 1
            at = data.find(signature, at + 1)
    return bytes(data)


def many_parts() -> bytes:
    """A Word file of very many empty parts."""
    return archive({**WORD, **{f"word/{number}": "" for number in range(5000)}}, zipfile.ZIP_STORED)


OLD_WORD = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(600)
PROGRAM = b"MZ\x90\x00" + bytes(300)
PAGE = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
SCRIPT = b"<</Type/Action/S/JavaScript/JS(app.alert(1))>>"

NOT_ITS_NAME, SECOND, DAMAGED, BOMB = "not what its name says", "a second file", "damaged", "packed so tightly"
LOCKED, STRANGE, RUNS = "locked", "no office program writes", "contains a script, or starts a program"
HOSTILE: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "nothing": ("prazna.pdf", lambda: b"", "It is empty"),
    "21 MB": ("velika.pdf", lambda: pdf() + bytes(21 * MEGABYTE), "larger than 20 MB"),
    "svg": ("znak.svg", lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "Files of the kind “svg”"),
    "html": ("stran.html", lambda: PAGE, "Files of the kind “html”"),
    "svg as png": ("znak.png", lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "that of a SVG file"),
    "html as pdf": ("vloga.pdf", lambda: PAGE, "that of a HTML file"),
    "program as pdf": ("račun.pdf", lambda: PROGRAM, "that of a EXE file"),
    "no ending": ("statut", pdf, "does not end in the kind"),
    "two endings": ("statut.pdf.exe", lambda: PROGRAM, "Files of the kind “exe”"),
    "png as pdf": ("slika.pdf", png, "that of a PNG file"),
    "pdf as docx": ("statut.docx", pdf, "that of a PDF file"),
    "sheet as word": ("statut.docx", lambda: archive(SHEET), NOT_ITS_NAME),
    "archive as odt": ("statut.odt", lambda: archive({"a.exe": PROGRAM}), NOT_ITS_NAME),
    "web page as odt": ("statut.odt", lambda: archive({"mimetype": "text/html", "content.xml": "<o/>"}), NOT_ITS_NAME),
    "text before pdf": ("vloga.pdf", lambda: PAGE + pdf(), "that of a HTML file"),
    "page inside pdf": ("vloga.pdf", lambda: b"%PDF-1.7\n" + PAGE + pdf()[9:], SECOND),
    "page behind pdf": ("vloga.pdf", lambda: pdf() + PAGE, SECOND),
    "archive behind pdf": ("vloga.pdf", lambda: pdf() + archive({"a.exe": PROGRAM}), SECOND),
    "pdf that is an archive": ("vloga.pdf", lambda: _archive_with_comment(pdf() + archive({"a.exe": PROGRAM}), b"%%EOF"), SECOND),
    "cut pdf": ("vloga.pdf", lambda: pdf()[:-40], DAMAGED),
    "locked pdf": ("vloga.pdf", locked_pdf, LOCKED),
    "pdf with script": ("vloga.pdf", lambda: pdf(SCRIPT), RUNS),
    "pdf with hidden script": ("vloga.pdf", lambda: packed_pdf(b"9 0 " + SCRIPT), RUNS),
    "pdf with disguised script": ("vloga.pdf", lambda: pdf(SCRIPT.replace(b"JavaScript", b"#4aava#53cript")), RUNS),
    "pdf that starts a program": ("vloga.pdf", lambda: pdf(b"<</S/Launch/F(cmd.exe)>>"), RUNS),
    "pdf that is a bomb": ("vloga.pdf", lambda: packed_pdf(bytes(250 * MEGABYTE)), BOMB),
    "huge png": ("slika.png", lambda: png(50_000, 50_000), "2500 million pixels"),
    "huge jpeg": ("slika.jpg", lambda: jpeg(60_000, 60_000), "3600 million pixels"),
    "png with page": ("slika.png", lambda: png(extra=PAGE), SECOND),
    "jpeg with page": ("slika.jpeg", lambda: jpeg(comment=PAGE), SECOND),
    "archive behind png": ("slika.png", lambda: png() + archive({"a.exe": PROGRAM}), SECOND),
    "archive behind jpeg": ("slika.jpg", lambda: jpeg(behind=archive({"a.exe": PROGRAM})), SECOND),
    "something behind png": ("slika.png", lambda: png() + PROGRAM, SECOND),
    "cut png": ("slika.png", lambda: png()[:-14], DAMAGED),
    "cut jpeg": ("slika.jpg", lambda: jpeg()[:-2], DAMAGED),
    "jpeg without size": ("slika.jpg", lambda: b"\xff\xd8\xff\xd9", DAMAGED),
    "bomb of one part": ("statut.docx", lambda: archive({**WORD, "word/a.xml": bytes(150 * MEGABYTE)}), BOMB),
    "bomb of several parts": ("merila.xlsx", lambda: archive({**SHEET, **{f"xl/{n}": bytes(9 * MEGABYTE) for n in range(30)}}), BOMB),
    "bomb of many parts": ("statut.docx", many_parts, BOMB),
    "bomb that lies": ("statut.docx", lying_archive, BOMB),
    "bomb in a bomb": ("statut.docx", lambda: archive({**WORD, "word/a.xlsx": archive({**SHEET, "xl/a": bytes(150 * MEGABYTE)})}), BOMB),
    "archives in archives": (
        "statut.docx",
        lambda: archive({**WORD, "word/a.zip": archive({"b.zip": archive({"c.txt": "c"})})}),
        "packed files inside packed files",
    ),
    "path names": ("statut.docx", lambda: archive({**WORD, "../../etc/cron.d/a": "a"}), STRANGE),
    "absolute names": ("statut.odt", lambda: archive({**TEXT, "/etc/passwd": "a"}), STRANGE),
    "names of another system": ("statut.docx", lambda: archive({**WORD, "word\\..\\..\\a.dll": "a"}), STRANGE),
    "links": ("statut.docx", linked_archive, STRANGE),
    "entities": ("statut.docx", lambda: archive({**WORD, "word/a.xml": '<!DOCTYPE a [<!ENTITY b "bb">]><a>&b;</a>'}), STRANGE),
    "macros": ("statut.docx", lambda: archive({**WORD, "word/vbaProject.bin": "a"}), "contains macros"),
    "macros in odt": ("statut.odt", lambda: archive({**TEXT, "Basic/Standard/Module1.xml": "<a/>"}), "contains macros"),
    "locked docx": ("statut.docx", protected_archive, LOCKED),
    "locked odt": ("statut.odt", lambda: archive({**TEXT, "META-INF/manifest.xml": "<manifest:encryption-data/>"}), LOCKED),
    "old or locked word": ("statut.docx", lambda: OLD_WORD, LOCKED),
    "page before docx": ("statut.docx", lambda: PAGE + archive(WORD), "that of a HTML file"),
    "archive before docx": ("statut.docx", lambda: archive({"a.exe": PROGRAM}) + archive(WORD), SECOND),
    "something behind docx": ("statut.docx", lambda: archive(WORD) + PROGRAM, DAMAGED),
    "cut docx": ("statut.docx", lambda: archive(WORD)[:60], DAMAGED),
}


def _archive_with_comment(data: bytes, comment: bytes) -> bytes:
    return data[:-2] + struct.pack("<H", len(comment)) + comment


GOOD: dict[str, tuple[str, Callable[[], bytes]]] = {
    "pdf": ("statut.pdf", pdf),
    "pdf with packed objects": ("statut.pdf", lambda: packed_pdf(b"9 0 <</Type/Font>>")),
    "png": ("slika.PNG", png),
    "large photograph": ("slika.jpg", lambda: jpeg(12_032, 9_024)),
    "photograph with a film behind it": ("slika.jpeg", lambda: jpeg(behind=b"\x00\x00\x00\x18ftypmp42" + bytes(5000))),
    "docx": ("statut.docx", lambda: archive(WORD)),
    "docx with a sheet inside": ("statut.docx", lambda: archive({**WORD, "word/embeddings/a.xlsx": archive(SHEET)})),
    "xlsx": ("merila.xlsx", lambda: archive({**SHEET, "xl/worksheets/sheet1.xml": "<row/>" * 100_000})),
    "odt": ("statut.odt", lambda: archive(TEXT, zipfile.ZIP_STORED)),
}
