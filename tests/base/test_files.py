"""Uploads are believed by content, kept by hash, and refused with a reason."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from grants.base import clock, contents, files
from grants.base.errors import Refused
from tests.base.hostile import GOOD, HOSTILE, pdf

pytestmark = pytest.mark.one_database
PDF = pdf()


def incoming() -> set[Path]:
    """What lies in the folder of what is being received, apart from what earlier tests hold."""
    folder = files.folder() / "incoming"
    return set(folder.iterdir()) if folder.exists() else set()


@pytest.mark.parametrize("what", HOSTILE)
def test_what_means_no_good_is_refused_with_its_reason_and_what_is_accepted(app: Flask, what: str) -> None:
    name, make, said = HOSTILE[what]
    before = incoming()
    with app.test_request_context("/en/"), pytest.raises(Refused, match=said) as refusal:
        files.check_upload(io.BytesIO(make()), name)
    assert "Accepted here: pdf, png, jpg, docx, xlsx, odt, each up to 20 MB." in str(refusal.value.message)
    assert f"“{name}”" in str(refusal.value.message)
    assert incoming() <= before


@pytest.mark.parametrize("what", GOOD)
def test_what_means_well_is_taken(app: Flask, what: str) -> None:
    name, make = GOOD[what]
    data = make()
    upload = files.check_upload(io.BytesIO(data), name)
    assert (len(upload.data), upload.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    assert upload.media_type == files.KINDS[name.rsplit(".", 1)[1].lower().replace("jpeg", "jpg")]


def test_a_file_over_the_limit_is_refused_with_413(app: Flask) -> None:
    with app.test_request_context("/en/"), pytest.raises(Refused) as refusal:
        files.check_upload(io.BytesIO(PDF + b"0" * 2000), "velika.pdf", largest=1000)
    assert refusal.value.status == 413


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(kind=st.sampled_from(sorted(GOOD)), cuts=st.lists(st.tuples(st.floats(0, 1), st.binary(max_size=6)), min_size=1, max_size=4))
def test_broken_files_are_judged_and_never_break_the_judge(app: Flask, kind: str, cuts: list[tuple[float, bytes]]) -> None:
    name, make = GOOD[kind]
    data = bytearray(make()[:4000])
    for place, put in cuts:
        at = int(place * len(data))
        data[at : at + len(put)] = put
    with app.test_request_context("/sl/"):
        try:
            contents.judge(io.BytesIO(bytes(data)), name.rsplit(".", 1)[1].lower().replace("jpeg", "jpg"), len(data))
        except contents.Unfit as unfit:
            assert unfit.reason


def test_what_is_kept_is_found_by_its_hash_and_changes_are_noticed(app: Flask) -> None:
    upload = files.check_upload(io.BytesIO(PDF), "poročilo.pdf")
    digest = files.store(upload.data)
    assert digest == upload.sha256
    assert files.read(digest) == PDF
    with files.opened(digest) as handle:
        assert handle.read() == PDF
    files.path_of(digest).write_bytes(PDF.replace(b"1 0 obj", b"2 0 obj"))
    for reading in (files.read, files.opened):
        with pytest.raises(OSError, match="changed on disk"):
            reading(digest)
    files.path_of(digest).unlink()


@pytest.mark.parametrize("what", GOOD)
def test_every_kind_leaves_as_a_download_that_no_browser_guesses_about(app: Flask, what: str) -> None:
    _name, make = GOOD[what]
    upload = files.check_upload(io.BytesIO(make()), GOOD[what][0])
    answer = files.download(files.store(upload.data), 'Poročilo "2026"; čas.pdf', upload.media_type)
    assert answer.get_data() == make()
    assert answer.content_type == upload.media_type
    assert answer.content_length == len(make())
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    disposition = answer.headers["Content-Disposition"]
    assert disposition.startswith("attachment;") and disposition.isascii()
    assert "filename*=UTF-8''Poro%C4%8Dilo%20%222026%22%3B%20%C4%8Das.pdf" in disposition


def test_what_is_not_kept_leaves_nothing(app: Flask) -> None:
    before = incoming()
    upload = files.check_upload(io.BytesIO(PDF), "poročilo.pdf")
    assert len(incoming() - before) == 1
    del upload
    assert incoming() <= before


def test_what_a_killed_server_was_receiving_is_swept_away_after_a_day(app: Flask) -> None:
    left = files.receive(io.BytesIO(b"half of"), 100).path.with_name("left")
    left.write_bytes(b"half of")
    now = clock.now().timestamp()
    os.utime(left, (now, now - 3600))
    files.receive(io.BytesIO(PDF), 10_000)
    assert left.exists()
    os.utime(left, (now, now - 25 * 3600))
    files.receive(io.BytesIO(PDF), 10_000)
    assert not left.exists()


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd.pdf", "passwd.pdf"),
        ("C:\\Users\\ana\\vloga.pdf", "vloga.pdf"),
        ("a\u202egpj.pdf", "agpj.pdf"),
        ("\x00.pdf", "pdf"),
        ("..", "file"),
        ("a\r\nSet-Cookie: b.pdf", "aSet-Cookie_ b.pdf"),
        ("č" * 200 + ".pdf", "č" * 116 + ".pdf"),
        ("", "file"),
    ],
)
def test_names_are_made_safe(given: str, kept: str) -> None:
    assert files.safe_name(given) == kept


def test_a_full_disk_keeps_nothing_and_says_so(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_path: Path, _target: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    data = b"%PDF-1.7 on a full disk %%EOF"
    upload = files.check_upload(io.BytesIO(PDF + b" "), "poročilo.pdf")
    for content, digest in ((data, hashlib.sha256(data).hexdigest()), (upload.data, upload.sha256)):
        with app.test_request_context("/en/"), pytest.raises(Refused, match="disk is full") as refusal:
            files.store(content)
        assert refusal.value.status == 507
        assert not list(files.path_of(digest).parent.iterdir())


def test_a_disk_that_fills_up_while_a_file_arrives_keeps_nothing_and_says_so(app: Flask) -> None:
    class Full(io.BytesIO):
        def read(self, _size: int | None = -1) -> bytes:
            raise OSError(errno.ENOSPC, "No space left on device")

    before = incoming()
    with app.test_request_context("/en/"), pytest.raises(Refused, match="disk is full"):
        files.check_upload(Full(), "poročilo.pdf")
    assert incoming() <= before
