"""Files by their SHA-256 in a folder outside the web root; uploads are believed by content, never by name."""

from __future__ import annotations

import hashlib
import logging
import os
import re
import threading
import unicodedata
import uuid
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

from flask import Response, current_app
from flask_babel import gettext as _

from grants.base import clock, contents, viruses
from grants.base.contents import KINDS as KINDS
from grants.base.contents import MEGABYTE as MEGABYTE
from grants.base.errors import Refused

log = logging.getLogger(__name__)
LARGEST = 20 * MEGABYTE
LARGEST_REQUEST = 210 * MEGABYTE
"""A form without scripts brings all its files in one request."""
_PIECE = 256 * 1024
_A_DAY = 24 * 60 * 60


class Spooled:
    """Content on its way into the store: on disk, hashed while it was written, gone with its last reference unless it is kept."""

    def __init__(self, path: Path, size: int, sha256: str) -> None:
        self.path, self.size, self.sha256 = path, size, sha256
        self._gone = weakref.finalize(self, path.unlink, missing_ok=True)

    def __len__(self) -> int:
        return self.size

    def open(self) -> IO[bytes]:
        """Read it."""
        return self.path.open("rb")

    def discard(self) -> None:
        """Take it off the disk at once: it is not wanted."""
        self._gone()


@dataclass(frozen=True)
class Stored:
    """Content that is in the store already: it is taken from there, and nobody reads it into memory."""

    size: int
    sha256: str

    def __len__(self) -> int:
        return self.size


@dataclass(frozen=True)
class Upload:
    """A file that passed the checks, not stored yet."""

    name: str
    media_type: str
    data: bytes | Spooled | Stored
    sha256: str


class Infected(Refused):
    """The virus check found something; `found` is its name."""

    def __init__(self, message: str, found: str) -> None:
        super().__init__(message, status=422)
        self.found = found


def folder() -> Path:
    """Where files are kept."""
    data: Path = current_app.config["SETTINGS"].data
    return data / "files"


def path_of(sha256: str) -> Path:
    """Where the file with this hash lies."""
    return folder() / sha256[:2] / sha256


def store(data: bytes | Spooled | Stored) -> str:
    """Keep a file and return its hash. Written aside, synced and renamed, so a full disk or a crash never leaves half of it.

    One that is there already gets the time of now: what is about to be referred to is no orphan (see `orphans`).
    """
    digest = hashlib.sha256(data).hexdigest() if isinstance(data, bytes) else data.sha256
    target = path_of(digest)
    if _is_there(target):
        return digest
    if isinstance(data, Stored):
        target.stat()  # an error where it is gone
        return digest
    scratch = data.path if isinstance(data, Spooled) else target.with_name(f".{digest}.{os.getpid()}.{threading.get_ident()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(data, bytes):
            with scratch.open("wb") as handle:
                handle.write(data)
                handle.flush()
                os.fsync(handle.fileno())
        scratch.replace(target)
    except OSError as error:
        raise _not_kept(len(data), error) from error
    finally:
        if isinstance(data, bytes):
            scratch.unlink(missing_ok=True)
    return digest


def _is_there(target: Path) -> bool:
    try:
        os.utime(target)
    except FileNotFoundError:
        return False
    except PermissionError:  # somebody else's copy, as after a restored backup: a new one takes its place
        return False
    return True


def stored(sha256: str) -> Stored:
    """A file that is in the store, to be kept by somebody else too; a changed file is not passed on."""
    with opened(sha256) as handle:
        return Stored(os.fstat(handle.fileno()).st_size, sha256)


def _not_kept(size: int, error: OSError) -> Refused:
    log.error("a file of %s bytes could not be kept: %s", size, error)
    return Refused(
        _(
            "Our server could not keep the file, most likely because its disk is full. Nothing of it was saved. Try again in an hour; if it happens again, write to the contact of the call."
        ),
        status=507,
    )


def receive(stream: IO[bytes], largest: int) -> Spooled:
    """Write what arrives to the disk of the store, at most one byte more than `largest`: whoever gets that knows that it was too much."""
    incoming = folder() / "incoming"
    path = incoming / uuid.uuid4().hex
    size, digest = 0, hashlib.sha256()
    try:
        incoming.mkdir(parents=True, exist_ok=True)
        _sweep(incoming)
        with path.open("wb") as handle:
            while piece := stream.read(min(_PIECE, largest + 1 - size)):
                handle.write(piece)
                digest.update(piece)
                size += len(piece)
            handle.flush()
            os.fsync(handle.fileno())
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _not_kept(size, error) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Spooled(path, size, digest.hexdigest())


def _sweep(incoming: Path) -> None:
    """What a killed server was receiving is of no use to anybody after a day."""
    oldest = clock.now().timestamp() - _A_DAY
    for left in incoming.iterdir():
        try:
            if left.stat().st_mtime < oldest:
                left.unlink()
        except FileNotFoundError:
            continue  # another worker was quicker


def read(sha256: str) -> bytes:
    """The file with this hash; a changed file is not passed on."""
    data = path_of(sha256).read_bytes()
    if hashlib.sha256(data).hexdigest() != sha256:
        raise OSError(f"file {sha256} was changed on disk")
    return data


def opened(sha256: str) -> IO[bytes]:
    """The file with this hash, to be passed on piece by piece; a changed file is not."""
    handle = path_of(sha256).open("rb")
    if hashlib.file_digest(handle, "sha256").hexdigest() != sha256:
        handle.close()
        raise OSError(f"file {sha256} was changed on disk")
    handle.seek(0)
    return handle


def _pieces(handle: IO[bytes]) -> Iterator[bytes]:
    with handle:
        while piece := handle.read(_PIECE):
            yield piece


def download(sha256: str, name: str, media_type: str) -> Response:
    """A file as an attachment of the answer: saved under its name, and never guessed or run as something else."""
    handle = opened(sha256)
    answer = Response(_pieces(handle), mimetype=media_type)
    answer.call_on_close(handle.close)
    answer.content_length = os.fstat(handle.fileno()).st_size
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode("ascii")
    names = {"filename": plain} if plain == name else {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}
    answer.headers.set("Content-Disposition", "attachment", **names)
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def safe_name(name: str) -> str:
    """A name that is safe in a header and on a disk: the last part of the path, no control or direction signs."""
    last = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    kept = "".join(c for c in last if unicodedata.category(c)[0] in "LNPSZ" and unicodedata.category(c) not in ("Zl", "Zp"))
    cleaned = re.sub(r'[<>:"/|?*]', "_", kept).strip(" .")[-120:].strip(" .")
    return cleaned or "file"


def check_upload(stream: IO[bytes], name: str, kinds: tuple[str, ...] = tuple(KINDS), largest: int = LARGEST) -> Upload:
    """Read an upload and make sure that it is what its name says, that we accept it, and that nothing harmful was found in it."""
    safe = safe_name(name)
    ending = safe.rsplit(".", 1)[-1].lower() if "." in safe else ""
    kind = {"jpeg": "jpg"}.get(ending, ending)
    if kind not in kinds:
        reason = _("Files of the kind “%(kind)s” are not taken.", kind=kind) if kind else _("Its name does not end in the kind of file.")
        raise Refused(refusal(safe, reason, kinds, largest), status=422)
    content = receive(stream, largest)
    try:
        if not content.size:
            raise Refused(refusal(safe, empty(), kinds, largest), status=422)
        if content.size > largest:
            raise Refused(refusal(safe, too_large(largest), kinds, largest), status=413)
        with content.open() as handle:
            contents.judge(handle, kind, content.size)
            _check_for_viruses(handle, safe, content)
    except contents.Unfit as unfit:
        content.discard()
        raise Refused(refusal(safe, unfit.reason, kinds, largest), status=422) from unfit
    except BaseException:
        content.discard()
        raise
    return Upload(safe, KINDS[kind], content, content.sha256)


def refusal(name: str, reason: str, kinds: tuple[str, ...] = tuple(KINDS), largest: int = LARGEST) -> str:
    """Why a file is not taken, and what is."""
    return _(
        "The file “%(name)s” was not accepted. %(reason)s Accepted here: %(kinds)s, each up to %(limit)s MB.",
        name=name, reason=reason, kinds=", ".join(kinds), limit=largest // MEGABYTE,
    )  # fmt: skip


def empty() -> str:
    """The reason why an empty file is not taken."""
    return _("It is empty. Choose it again.")


def too_large(largest: int) -> str:
    """The reason why a large file is not taken."""
    return _("It is larger than %(limit)s MB. Make it smaller or split it.", limit=largest // MEGABYTE)


def _check_for_viruses(handle: IO[bytes], name: str, content: Spooled) -> None:
    """Ask the virus check, if one is set up. When it does not answer nothing is taken."""
    address: str = current_app.config["SETTINGS"].clamd
    if not address:
        return
    try:
        found = viruses.find(handle, address)
    except viruses.Unreachable as error:
        log.error("the virus check does not work: %s", error)
        raise Refused(
            _("The file “%(name)s” cannot be checked for viruses now, so it was not taken. Try again in a few minutes.", name=name),
            status=503,
        ) from error
    if found is not None:
        log.warning("the virus check found %s in an upload with SHA-256 %s", found, content.sha256)
        raise Infected(
            _("The file “%(name)s” was not accepted and not kept: the virus check found “%(found)s” in it. Have the device checked from which it comes, and attach a clean copy.",
              name=name, found=found), found,
        )  # fmt: skip
