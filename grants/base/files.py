"""Files by their SHA-256 in a folder outside the web root; uploads are believed by content, never by name."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import threading
import unicodedata
import zipfile
import zlib
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO

import puremagic
from flask import current_app
from flask_babel import gettext as _

from grants.base.errors import Refused

log = logging.getLogger(__name__)
LARGEST = 20 * 1024 * 1024
KINDS = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "odt": "application/vnd.oasis.opendocument.text",
}


@dataclass(frozen=True)
class Upload:
    """A file that passed the checks, not stored yet."""

    name: str
    media_type: str
    data: bytes
    sha256: str


def folder() -> Path:
    """Where files are kept."""
    data: Path = current_app.config["SETTINGS"].data
    return data / "files"


def path_of(sha256: str) -> Path:
    """Where the file with this hash lies."""
    return folder() / sha256[:2] / sha256


def store(data: bytes) -> str:
    """Keep a file and return its hash. Written aside, synced and renamed, so a full disk or a crash never leaves half of it."""
    digest = hashlib.sha256(data).hexdigest()
    target = path_of(digest)
    if target.exists():
        return digest
    scratch = target.with_name(f".{digest}.{os.getpid()}.{threading.get_ident()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with scratch.open("wb") as handle:
            handle.write(data)
            handle.flush()
            os.fsync(handle.fileno())
        scratch.replace(target)
    except OSError as error:
        log.error("a file of %s bytes could not be kept: %s", len(data), error)
        raise Refused(
            _(
                "Our server could not keep the file, most likely because its disk is full. Nothing of it was saved. Try again in an hour; if it happens again, write to the contact of the call."
            ),
            status=507,
        ) from error
    finally:
        scratch.unlink(missing_ok=True)
    return digest


def read(sha256: str) -> bytes:
    """The file with this hash; a changed file is not passed on."""
    data = path_of(sha256).read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise OSError(f"file {sha256} was changed on disk")
    return data


def safe_name(name: str) -> str:
    """A name that is safe in a header and on a disk: the last part of the path, no control or direction signs."""
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    kept = "".join(c for c in last if unicodedata.category(c)[0] in "LNPSZ" and unicodedata.category(c) not in ("Zl", "Zp"))
    cleaned = re.sub(r'[<>:"/|?*]', "_", kept).strip(" .")[-120:]
    return cleaned or "file"


def check_upload(stream: IO[bytes], name: str, kinds: tuple[str, ...] = tuple(KINDS), largest: int = LARGEST) -> Upload:
    """Read an upload and make sure that it is what its name says and that we accept it."""
    accepted = ", ".join(kinds)
    safe = safe_name(name)
    data = stream.read(largest + 1)
    if not data:
        raise Refused(_("The file “%(name)s” is empty. Choose the file again.", name=safe), status=422)
    if len(data) > largest:
        raise Refused(
            _("The file “%(name)s” is larger than %(limit)s MB. Make it smaller or split it.", name=safe, limit=largest // 1024 // 1024),
            status=413,
        )
    claimed = {"jpeg": "jpg"}.get(ending := safe.rsplit(".", 1)[-1].lower() if "." in safe else "", ending)
    if claimed not in kinds:
        raise Refused(
            _("Files of the kind “%(kind)s” are not accepted here. Accepted: %(accepted)s.", kind=claimed or "?", accepted=accepted),
            status=422,
        )
    if not _is(data, claimed):
        raise Refused(
            _(
                "The file “%(name)s” is not what its name says: its content is not %(kind)s. Accepted: %(accepted)s.",
                name=safe,
                kind=claimed.upper(),
                accepted=accepted,
            ),
            status=422,
        )
    return Upload(safe, KINDS[claimed], data, hashlib.sha256(data).hexdigest())


_PARTS = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "odt": "content.xml"}
"""What lies inside each kind of office file. All of them are ZIP archives, and so is much that is not."""


def _is_office(data: bytes, kind: str) -> bool:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
            if _PARTS[kind] not in names:
                return False
            if kind != "odt":
                return "[Content_Types].xml" in names
            return archive.getinfo("mimetype").file_size < 100 and archive.read("mimetype").strip() == KINDS["odt"].encode()
    except (zipfile.BadZipFile, KeyError, OSError, ValueError, RuntimeError, NotImplementedError, zlib.error):
        return False


def _is(data: bytes, kind: str) -> bool:
    if kind == "pdf":
        return data.startswith(b"%PDF-") and b"%%EOF" in data[-2048:]
    if kind in _PARTS:
        return _is_office(data, kind)
    found: set[str] = set()
    try:
        for match in puremagic.magic_string(data):
            found.add(match.extension.lstrip("."))
    except puremagic.PureError:
        return False
    wanted = {"jpg": {"jpg", "jpeg", "jfif", "jpe"}}.get(kind, {kind})
    return bool(found & wanted)
