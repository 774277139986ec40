"""The virus check against a real ClamAV daemon that knows one signature: the harmless test file that all such programs find."""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from grants.applications import queries
from grants.base import audit, files, viruses
from grants.base.errors import Refused
from grants.config import ConfigurationError, from_environment
from tests.applications.builders import make_application, make_call, owner_of
from tests.base.hostile import WORD, archive, pdf
from tests.conftest import sign_in, unavailable

TEST_FILE = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}" + b"$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!" + b"$H+H*"
"""In two halves, so that nobody's virus check stumbles over this very file."""
PDF = pdf(b"(" + TEST_FILE + b")")


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The socket of a daemon of our own. Its signatures are one line of ours: nothing is fetched from anywhere."""
    program = shutil.which("clamd", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None:
        unavailable("clamd is not installed (Debian: clamav-daemon)")
    folder = tmp_path_factory.mktemp("clamd")
    (folder / "signatures").mkdir()
    (folder / "signatures" / "test.ndb").write_text(f"Merila.Test.File:0:*:{TEST_FILE.hex()}\n", encoding="ascii")
    settings = folder / "clamd.conf"
    settings.write_text(
        f"LocalSocket {folder}/socket\nDatabaseDirectory {folder}/signatures\nForeground yes\nStreamMaxLength 1M\n", encoding="ascii"
    )
    daemon = subprocess.Popen([str(program), "--config-file", str(settings)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _attempt in range(300):
            if (folder / "socket").exists() or daemon.poll() is not None:
                break
            time.sleep(0.1)
        assert (folder / "socket").exists(), "clamd did not start"
        yield str(folder / "socket")
    finally:
        daemon.terminate()
        daemon.wait(20)


@pytest.fixture
def checked(app: Flask, clamd: str) -> Iterator[Flask]:
    """The product with its virus check set up."""
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, clamd=clamd)
    yield app
    app.config["SETTINGS"] = before


def test_the_daemon_names_what_it_finds(clamd: str) -> None:
    found = viruses.find(io.BytesIO(b"..." + TEST_FILE), clamd)
    assert found is not None and found.startswith("Merila.Test.File")
    assert viruses.find(io.BytesIO(pdf()), clamd) is None
    assert viruses.find(io.BytesIO(b""), clamd) is None


@pytest.mark.parametrize(("name", "data"), [("vloga.pdf", PDF), ("vloga.docx", archive({**WORD, "word/media/a.bin": TEST_FILE}))])
def test_an_infected_file_is_refused_also_when_it_hides_in_an_archive(checked: Flask, name: str, data: bytes) -> None:
    with checked.test_request_context("/en/"), pytest.raises(files.Infected, match="the virus check found “Merila.Test.File") as refusal:
        files.check_upload(io.BytesIO(data), name)
    assert refusal.value.found.startswith("Merila.Test.File")


def test_over_http_an_infected_file_is_refused_and_noted_without_the_file(checked: Flask) -> None:
    application = make_application(call=make_call(rulebook="obala-ngo-2026", area="ngo"))
    identity, version, digest = application.id, application.version, hashlib.sha256(PDF).hexdigest()
    fact = next(one.id for one in queries.track_of(application.call, application.track).facts if one.kind == "file")
    client = sign_in(checked.test_client(), owner_of(application.organisation))
    for address, field in ((f"/en/vloge/{identity}/priloge/nova", "file"), (f"/en/vloge/{identity}/obrazec", f"f_{fact}")):
        sent = {"fact": fact, "version": version, field: (io.BytesIO(PDF), "vloga.pdf")}
        answer = client.post(address, data=sent)
        assert answer.status_code == 422
        assert "the virus check found “Merila.Test.File" in answer.text
    application = queries.get_application(identity)
    assert list(queries.attachments_of(application)) == []
    assert not files.path_of(digest).exists()
    noted = [entry for entry in audit.timeline(application, audit.PARTY) if entry.kind.name == "application.infected_file_refused"]
    assert len(noted) == 2
    assert set(noted[0].data) == {"fact", "found"} and noted[0].data["found"].startswith("Merila.Test.File")


def test_a_clean_file_passes(checked: Flask) -> None:
    assert files.check_upload(io.BytesIO(pdf()), "vloga.pdf").name == "vloga.pdf"


def test_what_the_daemon_cannot_check_is_not_taken(checked: Flask) -> None:
    large = pdf(b"(" + os.urandom(2 * 1024 * 1024).hex().encode() + b")")
    with checked.test_request_context("/en/"), pytest.raises(Refused, match="cannot be checked for viruses now") as refusal:
        files.check_upload(io.BytesIO(large), "vloga.pdf")
    assert refusal.value.status == 503


@pytest.mark.parametrize("address", ["/nowhere/clamd.ctl", "127.0.0.1:9"])
def test_without_an_answer_nothing_is_taken(app: Flask, tmp_path: Path, address: str) -> None:
    before = app.config["SETTINGS"]
    app.config["SETTINGS"] = replace(before, clamd=address)
    try:
        with app.test_request_context("/en/"), pytest.raises(Refused, match="cannot be checked for viruses now") as refusal:
            files.check_upload(io.BytesIO(pdf()), "vloga.pdf")
    finally:
        app.config["SETTINGS"] = before
    assert refusal.value.status == 503


def test_the_setting_is_a_socket_or_an_address(tmp_path: Path) -> None:
    base = {"GRANTS_DATA": str(tmp_path)}
    assert from_environment(base).clamd == ""
    assert from_environment({**base, "GRANTS_CLAMD": "/run/clamav/clamd.ctl"}).clamd == "/run/clamav/clamd.ctl"
    assert from_environment({**base, "GRANTS_CLAMD": "127.0.0.1:3310"}).clamd == "127.0.0.1:3310"
    with pytest.raises(ConfigurationError, match="GRANTS_CLAMD"):
        from_environment({**base, "GRANTS_CLAMD": "clamav"})
