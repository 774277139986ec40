"""Uploads are believed by content, kept by hash, and refused with a reason."""

from __future__ import annotations

import errno
import hashlib
import io
import zipfile
from pathlib import Path

import pytest
from flask import Flask

from grants.base import files
from grants.base.errors import Refused

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PNG = bytes.fromhex("89504e470d0a1a0a0000000d4948445200000001000000010806000000") + b"\x1f\x15\xc4\x89" + b"\x00\x00\x00\x00IEND\xaeB`\x82"


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("prazna.pdf", b"", "empty"),
        ("slika.pdf", PNG, "not what its name says"),
        ("stran.html", b"<script>alert(1)</script>", "not accepted"),
        ("risba.svg", b"<svg onload='x'/>", "not accepted"),
        ("brez-koncnice", PDF, "not accepted"),
        ("program.pdf", b"MZ\x90\x00", "not what its name says"),
        ("slika.png", PDF, "not what its name says"),
    ],
)
def test_a_refusal_says_why(app: Flask, name: str, data: bytes, said: str) -> None:
    with app.test_request_context("/en/"), pytest.raises(Refused, match=said):
        files.check_upload(io.BytesIO(data), name)


def test_a_file_over_the_limit_is_refused_with_413(app: Flask) -> None:
    with app.test_request_context("/en/"), pytest.raises(Refused) as refusal:
        files.check_upload(io.BytesIO(PDF + b"0" * 2000), "velika.pdf", largest=1000)
    assert refusal.value.status == 413


def test_what_is_kept_is_found_by_its_hash_and_changes_are_noticed(app: Flask) -> None:
    upload = files.check_upload(io.BytesIO(PDF), "poročilo.pdf")
    digest = files.store(upload.data)
    assert digest == upload.sha256
    assert files.read(digest) == PDF
    files.path_of(digest).write_bytes(PDF.replace(b"1 0 obj", b"2 0 obj"))
    with pytest.raises(OSError, match="changed on disk"):
        files.read(digest)
    files.path_of(digest).unlink()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\ana\\vloga.pdf", "vloga.pdf"),
        ("a\u202egpj.pdf", "agpj.pdf"),
        ("\x00.pdf", "pdf"),
        ("", "file"),
    ],
)
def test_names_are_made_safe(given: str, kept: str) -> None:
    assert files.safe_name(given) == kept


def archive(**parts: str) -> bytes:
    """A ZIP archive with these parts; two underscores stand for a slash."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as writer:
        for name, content in parts.items():
            writer.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return made.getvalue()


TYPES = {"[Content_Types]_xml": "<Types/>"}
WORD = archive(**TYPES, word__document_xml="<w/>")
SHEET = archive(**TYPES, xl__workbook_xml="<x/>")
TEXT = archive(mimetype=files.KINDS["odt"], content_xml="<o/>")


@pytest.mark.parametrize(("name", "data"), [("a.docx", WORD), ("a.xlsx", SHEET), ("a.odt", TEXT)], ids=["docx", "xlsx", "odt"])
def test_office_files_are_known_by_what_lies_inside(app: Flask, name: str, data: bytes) -> None:
    assert files.check_upload(io.BytesIO(data), name).media_type == files.KINDS[name[2:]]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.docx", SHEET),
        ("a.xlsx", TEXT),
        ("a.odt", WORD),
        ("a.docx", archive(virus__exe="MZ")),
        ("a.odt", archive(content_xml="<o/>", mimetype="text/html")),
        ("a.docx", WORD[:60]),
        ("a.docx", b"PK\x03\x04"),
    ],
)
def test_an_archive_that_is_not_the_office_file_of_its_name_is_refused(app: Flask, name: str, data: bytes) -> None:
    with app.test_request_context("/en/"), pytest.raises(Refused, match="not what its name says"):
        files.check_upload(io.BytesIO(data), name)


def test_a_full_disk_keeps_nothing_and_says_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path, _target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    data = b"%PDF-1.7 on a full disk %%EOF"
    with app.test_request_context("/en/"), pytest.raises(Refused, match="disk is full") as refusal:
        files.store(data)
    assert refusal.value.status == 507
    folder = files.path_of(hashlib.sha256(data).hexdigest()).parent
    assert not list(folder.iterdir())
