"""What can be checked at the end of the journey: the act, the published result, the record and what the pages tell of it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import page
import pytest
from click.testing import CliRunner

from grants.base import documents, signing
from grants.base.db import db
from tests.base.test_rendering import requires_program
from tests.base.test_signing import flipped
from tests.journeys.life import JOINT, TITLE, Life

CHECKOUT = Path(__file__).parent.parent.parent


def check_the_act(life: Life, folder: Path) -> None:
    owner = life.people["burja"].open(life.decision)
    owner.sees(JOINT["sl"], "9. člen")
    pdf = owner.download("Download the document")
    for profile in ("3a", "ua1"):
        report = page.validate_pdf_bytes(pdf, profile=profile)
        assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]
    assert hashlib.sha256(pdf).hexdigest() in owner.text
    roots = documents.signer().roots
    found = signing.verify(pdf, roots)
    assert found.valid and found.covers_whole_file, found.problem
    assert not signing.verify(flipped(pdf), roots).valid
    for name, data, said in (("act.pdf", pdf, "Signature is Valid"), ("flipped.pdf", flipped(pdf), "Digest Mismatch")):
        (folder / name).write_bytes(data)
        assert said in told_by("pdfsig", folder / name)
    words = " ".join(told_by("pdftotext", folder / "act.pdf", "-").split())
    for wanted in (JOINT["sl"], JOINT["it"], "Športno društvo Burja", "671-77/2026"):
        assert wanted.replace("-", "") in words.replace("-", ""), wanted
    assert "Živa Skrivna" not in words
    life.people["onda"].sign_in().open(life.decision, expect=404)


def told_by(program: str, *arguments: Path | str) -> str:
    return subprocess.run([requires_program(program), *arguments], capture_output=True, text=True, check=False).stdout


def check_the_results(life: Life, folder: Path) -> None:
    for language in ("sl", "it", "en"):
        visitor = life.visitor(language).open(f"/{language}/rezultati").follow_name(TITLE["it" if language == "it" else "sl"])
        visitor.sees("Športno društvo Burja", "Circolo sportivo Onda")
        visitor.misses("Pozno", "Živa Skrivna", "Vida Kos")
        shown = visitor.text
        data = visitor.download("Download the bundle (JSON)")
        assert hashlib.sha256(data).hexdigest() in shown
        visitor.follow("points and computation").misses("Živa Skrivna", "Vida Kos")
    for secret in ("Živa Skrivna", "Sara Segreta", "Vida Kos", "Marco Rossi"):
        assert secret not in data.decode()
    file = folder / "bundle.json"
    file.write_bytes(data)
    assert verified(file) == (0, "2 awards recomputed, 0 differ")
    forged = data.replace(b"190050", b"190051")
    assert forged != data
    file.write_bytes(forged)
    code, said = verified(file)
    assert code == 1 and "0 differ" not in said


def verified(file: Path) -> tuple[int, str]:
    """What the scoring package says of a bundle, in a process of its own that knows nothing of the product."""
    run = subprocess.run([sys.executable, "-m", "scoring", "verify", str(file)], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    return run.returncode, run.stdout.strip().splitlines()[-1] if run.stdout.strip() else run.stderr


def check_the_record(life: Life, monkeypatch: pytest.MonkeyPatch) -> None:
    from grants import cli

    monkeypatch.setattr(cli, "_app", lambda: life.app)
    db.session.rollback()
    run = CliRunner().invoke(cli.cli, ["audit", "verify"])
    assert run.exit_code == 0 and "; 0 faults" in run.output, run.output


def read_the_timelines(life: Life) -> None:
    """The record of each thing, said in the reader's language."""
    officer, owner = life.people["officer"], life.people["burja"]
    said: dict[str, list[str]] = {}
    for language in ("sl", "it", "en"):
        entries = []
        for person, address in (
            (officer, f"/{language}/razpisi/{life.call}"),
            (owner, f"/{language}/vloge/{life.applications['burja']}"),
            (owner, f"/{language}{life.decision[3:]}"),
        ):
            found = person.open(address).sentences()
            assert len(found) >= 1, address
            entries += found
        said[language] = entries
    assert len({len(entries) for entries in said.values()}) == 1
    assert len(said["sl"]) >= 10, said
    for one, other in (("sl", "it"), ("sl", "en"), ("it", "en")):
        assert not [sentence for sentence in said[one] if sentence in said[other]], (one, other)
