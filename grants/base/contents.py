"""What a file really is: told from its content, read in pieces, and never unpacked further than the bounds allow."""

from __future__ import annotations

import re
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

import puremagic
from flask_babel import gettext as _

MEGABYTE = 1024 * 1024
KINDS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
}
MOST_PIXELS = 120_000_000  # telephones take pictures of 108 million
MOST_PARTS = 2000
MOST_UNPACKED = 200 * MEGABYTE
MOST_DIRECTORY = 1 * MEGABYTE
MOST_RATIO = 200  # an office file of text shrinks about thirtyfold
MOST_SEGMENTS = 100_000
_WINDOW, _OVERLAP = 1 * MEGABYTE, 256


class Unfit(Exception):
    """A file that we do not take; `reason` says why and what to do, in the reader's language."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def judge(handle: IO[bytes], kind: str, size: int) -> None:
    """Make sure that a file is what its name says, whole, open to whoever may read it, and nothing besides."""
    handle.seek(0)
    head = handle.read(1024)
    if kind in _PARTS:
        if not head.startswith(_ZIP):
            raise _locked_or_old(kind) if head.startswith(_OLE) else _another(head, kind)
        _judge_office(handle, size, kind)
        return
    if not head.startswith(_BEGINNINGS[kind]):
        raise _another(head, kind)
    if _archive_end(handle, size) is not None:
        raise _second(kind)
    {"pdf": _judge_pdf, "png": _judge_png, "jpg": _judge_jpeg}[kind](handle, size)


_ZIP, _OLE = b"PK\x03\x04", bytes.fromhex("d0cf11e0a1b11ae1")
_BEGINNINGS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpg": b"\xff\xd8\xff"}
_MARKUP = re.compile(rb"<(?:script[\s>/]|!doctype\s|html[\s>]|iframe[\s>]|\?php\s)", re.IGNORECASE)


def _another(head: bytes, kind: str) -> Unfit:
    """The content is of another kind; which one is said where it can be told with some certainty."""
    try:
        found = max(puremagic.magic_string(head), key=lambda match: match.confidence)
        name = found.extension.lstrip(".") if found.confidence >= 0.4 else ""
    except (puremagic.PureError, ValueError):
        name = ""
    if not name or name == kind:
        return Unfit(_("It is not what its name says: its content is not that of a %(kind)s file.", kind=kind.upper()))
    return Unfit(
        _("It is not what its name says: its content is that of a %(found)s file, not of a %(kind)s file.", found=name.upper(), kind=kind.upper())
    )  # fmt: skip


def _second(kind: str) -> Unfit:
    return Unfit(_("Besides the %(kind)s a second file of another kind is hidden in it. Open it, save it anew and attach that.", kind=kind.upper()))  # fmt: skip


def _damaged() -> Unfit:
    return Unfit(_("It is damaged or was not copied to its end. Open it, save it anew and attach that."))


def _locked() -> Unfit:
    return Unfit(_("It is locked with a password or encrypted, so the office might not be able to read it. Save it without protection and attach that."))  # fmt: skip


def _locked_or_old(kind: str) -> Unfit:
    return Unfit(_("It is locked with a password or saved in an older format. Open it, save it as %(kind)s without a password and attach that.", kind=kind))  # fmt: skip


def _bomb() -> Unfit:
    return Unfit(
        _("It is packed so tightly that it would be too large when opened: at most %(most)s MB in at most %(parts)s parts are accepted. Save it anew with smaller pictures, or attach a PDF.",
          most=MOST_UNPACKED // MEGABYTE, parts=MOST_PARTS)
    )  # fmt: skip


def _strange() -> Unfit:
    return Unfit(_("There is something inside it that no office program writes. Open it, save it anew and attach that, or attach a PDF."))


def _windows(handle: IO[bytes], start: int = 0) -> Iterator[tuple[int, bytes]]:
    """The file in pieces that overlap a little, each with its place: what is looked for is never cut in two."""
    position = start
    while True:
        handle.seek(position)
        piece = handle.read(_WINDOW + _OVERLAP)
        if piece:
            yield position, piece
        if len(piece) <= _WINDOW:
            return
        position += _WINDOW


def _archive_end(handle: IO[bytes], size: int) -> tuple[int, bytes] | None:
    """Where a ZIP archive would end that ends with this very file, and the record of its end. Any kind of file may carry one."""
    start = max(0, size - 65_557)
    handle.seek(start)
    tail = handle.read()
    at = tail.rfind(b"PK\x05\x06")
    while at >= 0:
        record = tail[at : at + 22]
        if len(record) == 22 and at + 22 + int.from_bytes(record[20:22], "little") == len(tail):
            return start + at, record
        at = tail.rfind(b"PK\x05\x06", 0, at)
    return None


# PDF: what it must not do is looked for in the file itself and in its compressed objects.
_FORBIDDEN = re.compile(rb"/(JavaScript|Launch|Encrypt)(?![A-Za-z])")
_ESCAPED = re.compile(rb"/[A-Za-z#0-9]{0,60}#[0-9A-Fa-f]{2}[A-Za-z#0-9]{0,60}")
_NAMES = {b"/JavaScript", b"/Launch", b"/Encrypt"}
_PACKED = re.compile(rb"/ObjStm(?![A-Za-z])")
_STREAM = re.compile(rb"stream\r?\n")


def _judge_pdf(handle: IO[bytes], size: int) -> None:
    handle.seek(0)
    head = handle.read(1024)
    handle.seek(max(0, size - 1024))
    tail = handle.read()
    end = tail.rfind(b"%%EOF")
    if end < 0:
        raise _damaged()
    if _MARKUP.search(head) or _MARKUP.search(tail[end:]):
        raise _second("pdf")
    packed: list[int] = []
    for position, piece in _windows(handle):
        _refuse_forbidden(piece)
        packed += [position + match.start() for match in _PACKED.finditer(piece, 0, _WINDOW)]
    room = MOST_UNPACKED
    for position in packed:
        for unpacked in _object_stream(handle, position):
            room -= len(unpacked)
            if room < 0:
                raise _bomb()
            _refuse_forbidden(unpacked)


def _refuse_forbidden(piece: bytes) -> None:
    found = {match.group() for match in _FORBIDDEN.finditer(piece)}
    found |= {name for match in _ESCAPED.finditer(piece) if (name := _unescaped(match.group())) in _NAMES}
    if b"/Encrypt" in found:
        raise _locked()
    if found:
        raise Unfit(_("It contains a script, or starts a program when it is opened. Print it to a new PDF and attach that."))


def _unescaped(name: bytes) -> bytes:
    return re.sub(rb"#([0-9A-Fa-f]{2})", lambda match: bytes([int(match[1], 16)]), name)


def _object_stream(handle: IO[bytes], position: int) -> Iterator[bytes]:
    """The content of the compressed objects whose description stands at this place."""
    handle.seek(position)
    begins = _STREAM.search(handle.read(2048))
    if begins is None:
        return
    handle.seek(position + begins.end())
    engine, kept = zlib.decompressobj(), b""
    try:
        while not engine.eof and (piece := handle.read(65_536)):
            while piece and not engine.eof:
                unpacked = engine.decompress(piece, _WINDOW)
                piece = engine.unconsumed_tail
                yield kept + unpacked
                kept = unpacked[-_OVERLAP:]
    except zlib.error:
        return  # packed in another way, or not at all: then it was looked through as it stands


def _judge_png(handle: IO[bytes], size: int) -> None:
    position = 8
    for number in range(MOST_SEGMENTS):
        handle.seek(position)
        head = handle.read(16)
        if len(head) < 8:
            raise _damaged()
        length, name = int.from_bytes(head[:4], "big"), head[4:8]
        if number == 0:
            if name != b"IHDR" or length != 13 or len(head) < 16:
                raise _damaged()
            _bound_pixels(*struct.unpack(">II", head[8:16]))
        position += 12 + length
        if position > size:
            raise _damaged()
        if name == b"IEND":
            if position != size:
                raise _second("png")
            break
    else:
        raise _damaged()
    _refuse_markup(handle, "png")


_WITHOUT_LENGTH = frozenset({0x01, *range(0xD0, 0xD9)})
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def _judge_jpeg(handle: IO[bytes], size: int) -> None:
    position = 2
    for _number in range(MOST_SEGMENTS):
        handle.seek(position)
        head = handle.read(9)
        if len(head) < 4 or head[0] != 0xFF:
            raise _damaged()
        if head[1] in (0xFF, *_WITHOUT_LENGTH):
            position += 1 if head[1] == 0xFF else 2
            continue
        if head[1] in (0xD9, 0xDA):
            raise _damaged()  # the picture begins, or ends, and nothing has said how large it is
        if head[1] in _FRAMES and len(head) == 9:
            height, width = struct.unpack(">HH", head[5:9])
            _bound_pixels(width, height)
            break
        position += 2 + max(2, int.from_bytes(head[2:4], "big"))
    else:
        raise _damaged()
    if not any(b"\xff\xd9" in piece for _place, piece in _windows(handle, position)):
        raise _damaged()
    _refuse_markup(handle, "jpg")  # what telephones add behind the picture, such as a short film, is let through


def _bound_pixels(width: int, height: int) -> None:
    if not width or not height:
        raise _damaged()
    if width * height > MOST_PIXELS:
        raise Unfit(
            _("The picture has %(size)s million pixels, at most %(most)s million are accepted. Make it smaller.",
              size=width * height // 1_000_000, most=MOST_PIXELS // 1_000_000)
        )  # fmt: skip


def _refuse_markup(handle: IO[bytes], kind: str) -> None:
    if any(_MARKUP.search(piece) for _position, piece in _windows(handle)):
        raise _second(kind)


# Office files are ZIP archives.
_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "odt": "content.xml"}
"""What lies inside each kind of office file. All of them are ZIP archives, and so is much that is not."""
_MACROS = re.compile(r"(^|/)vbaproject\.bin$|^basic/|^scripts/", re.IGNORECASE)


@dataclass
class _Room:
    """How much may still be unpacked, over an archive and those inside it."""

    parts: int = MOST_PARTS
    unpacked: int = MOST_UNPACKED


def _judge_office(handle: IO[bytes], size: int, kind: str) -> None:
    members = _judge_archive(handle, size, kind, _Room(), inner=False)
    if _PARTS[kind] not in members or (kind != "odt" and "[Content_Types].xml" not in members):
        raise Unfit(_("It is not what its name says: its content is not that of a %(kind)s file.", kind=kind.upper()))
    if kind == "odt":
        declared = members.get("mimetype")
        if declared is None or declared.file_size > 100 or b"".join(_unpacked(handle, declared)).strip() != KINDS["odt"].encode():
            raise Unfit(_("It is not what its name says: its content is not that of a %(kind)s file.", kind=kind.upper()))


def _judge_archive(handle: IO[bytes], size: int, kind: str, room: _Room, *, inner: bool) -> dict[str, zipfile.ZipInfo]:
    """The members of an archive within its bounds. One inside it is looked into as well; one inside that is refused."""
    end = _archive_end(handle, size)
    if end is None:
        raise _damaged()
    place, record = end
    count, length, begins = struct.unpack("<HII", record[10:20])
    if count > room.parts or length > MOST_DIRECTORY:  # before the directory is read at all
        raise _bomb()
    if begins + length != place:
        raise _second(kind)
    try:
        archive = zipfile.ZipFile(handle)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise _damaged() from None
    members = {member.orig_filename: member for member in archive.infolist()}
    if len(members) != len(archive.infolist()):
        raise _strange()
    if not members or min(member.header_offset for member in members.values()) != 0:
        raise _second(kind)
    for member in members.values():
        _judge_member(member, kind, room)
    for member in members.values():
        _judge_content(handle, member, kind, room, inner=inner)
    return members


def _judge_member(member: zipfile.ZipInfo, kind: str, room: _Room) -> None:
    name = member.orig_filename
    if member.flag_bits & 0x1:
        raise _locked()
    link = (member.external_attr >> 16) & 0o170000 == 0o120000
    if link or not name or name.startswith("/") or re.search(r"[\\\x00-\x1f]|^[A-Za-z]:", name) or ".." in name.split("/"):
        raise _strange()
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise _strange()
    if _MACROS.search(name):
        raise Unfit(_("It contains macros, which are small programs. Save it as %(kind)s without macros, or attach a PDF.", kind=kind))
    room.parts -= 1
    room.unpacked -= member.file_size
    tight = member.file_size > 10 * MEGABYTE and member.file_size > MOST_RATIO * max(1, member.compress_size)
    if room.parts < 0 or room.unpacked < 0 or tight:
        raise _bomb()


def _judge_content(handle: IO[bytes], member: zipfile.ZipInfo, kind: str, room: _Room, *, inner: bool) -> None:
    """Unpack a member once, to see that it is as large as the directory says and what it is."""
    with tempfile.SpooledTemporaryFile(max_size=_WINDOW) as nested:
        begins, packed = b"", False
        for piece in _unpacked(handle, member):
            if not begins:
                begins = piece[:65_536]
                packed = begins.startswith(_ZIP)
                if packed and inner:
                    raise Unfit(_("It contains packed files inside packed files. Attach them one by one, as they are."))
            if packed:
                nested.write(piece)
        if packed:
            _judge_archive(nested, member.file_size, kind, room, inner=True)
    if b"<!ENTITY" in begins and member.orig_filename.lower().endswith((".xml", ".rels")):
        raise _strange()
    if member.orig_filename == "META-INF/manifest.xml" and b"encryption-data" in begins:
        raise _locked()


def _unpacked(handle: IO[bytes], member: zipfile.ZipInfo) -> Iterator[bytes]:
    """The content of a member in pieces. One that is larger than its directory says, or another one, is refused."""
    handle.seek(member.header_offset)
    head = handle.read(30)
    if len(head) < 30 or not head.startswith(_ZIP):
        raise _damaged()
    position = member.header_offset + 30 + int.from_bytes(head[26:28], "little") + int.from_bytes(head[28:30], "little")
    left, size, checked = member.compress_size, 0, 0
    engine = zlib.decompressobj(-15) if member.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0:
        handle.seek(position)
        piece = handle.read(min(left, 65_536))
        if not piece:
            raise _damaged()
        left, position = left - len(piece), position + len(piece)
        while piece:
            try:
                out = piece if engine is None else engine.decompress(piece, _WINDOW)
            except zlib.error:
                raise _damaged() from None
            piece = b"" if engine is None else engine.unconsumed_tail
            size, checked = size + len(out), zlib.crc32(out, checked)
            if size > member.file_size:
                raise _bomb()
            yield out
    if engine is not None and (out := engine.flush()):
        size, checked = size + len(out), zlib.crc32(out, checked)
        yield out
    if size != member.file_size or checked != member.CRC:
        raise _damaged()
