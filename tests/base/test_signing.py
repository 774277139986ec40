"""Signatures: valid for two independent programs, conformance kept, and a single changed byte is noticed by all."""

import stat
import subprocess
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import page
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from grants.base import signing
from tests.base.test_rendering import facts_of, render, requires_program

AT = datetime.fromisoformat("2026-11-20T10:05:12+01:00")

SIGNED = ("decision", "receipt", "minutes")
"""The kinds of document that have a place for a signature."""


@cache
def signer() -> signing.Signer:
    path = Path(mkdtemp()) / "demo.p12"
    signing.make_demo_key(path, "geslo", name="Občina Mali Breg")
    return signing.Signer.load(path, "geslo")


@cache
def signed(kind: str) -> bytes:
    pdf = render(kind, facts_of(kind), signature_field=True)
    return signing.sign(pdf, signer(), reason="Izdaja odločbe", location="Mali Breg", at=AT)


def flipped(pdf: bytes) -> bytes:
    """One bit changed in the middle of the signed content, inside a compressed page."""
    place = pdf.index(b"stream", len(pdf) // 3) + 40
    return pdf[:place] + bytes([pdf[place] ^ 1]) + pdf[place + 1 :]


@pytest.mark.parametrize("kind", SIGNED)
def test_signed_document_stays_conformant(kind: str) -> None:
    for profile in ("3a", "ua1"):
        report = page.validate_pdf_bytes(signed(kind), profile=profile)
        assert report.is_compliant, [(failure.rule_id, failure.message) for failure in report.failures]


@pytest.mark.parametrize("kind", SIGNED)
def test_own_check_says_valid_whole_who_and_when(kind: str) -> None:
    report = signing.verify(signed(kind), signer().roots)
    assert report.valid, report.problem
    assert report.covers_whole_file
    assert report.signer_name == "Občina Mali Breg"
    assert report.signed_at == AT
    assert report.problem == ""


def test_pdfsig_agrees(tmp_path: Path) -> None:
    program = requires_program("pdfsig")
    (tmp_path / "act.pdf").write_bytes(signed("decision"))
    told = subprocess.run([program, tmp_path / "act.pdf"], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid" in told
    assert "Total document signed" in told
    assert "ETSI.CAdES.detached" in told
    assert told.count("Signature #") == 1


def test_one_changed_bit_is_noticed_by_both(tmp_path: Path) -> None:
    broken = flipped(signed("decision"))
    report = signing.verify(broken, signer().roots)
    assert not report.valid
    assert report.problem
    program = requires_program("pdfsig")
    (tmp_path / "act.pdf").write_bytes(broken)
    told = subprocess.run([program, tmp_path / "act.pdf"], capture_output=True, text=True, check=False).stdout
    assert "Digest Mismatch" in told


def test_something_appended_is_noticed() -> None:
    report = signing.verify(signed("decision") + b"\n% and one more thing\n", signer().roots)
    assert not report.covers_whole_file
    assert not report.valid


def test_a_stranger_s_root_is_not_trusted(tmp_path: Path) -> None:
    signing.make_demo_key(tmp_path / "other.p12", "x", name="Nekdo drug")
    report = signing.verify(signed("decision"), signing.Signer.load(tmp_path / "other.p12", "x").roots)
    assert not report.valid


@pytest.mark.parametrize("pdf", [b"", b"not a pdf", b"%PDF-1.7\n%%EOF"])
def test_a_file_that_is_no_pdf_is_answered_not_raised(pdf: bytes) -> None:
    assert not signing.verify(pdf, []).valid


def test_unsigned_document_is_not_valid() -> None:
    report = signing.verify(render("minutes", signature_field=True), signer().roots)
    assert not report.valid
    assert "no signature" in report.problem


def test_a_document_without_a_field_is_refused() -> None:
    with pytest.raises(signing.SignatureError):
        signing.sign(render("minutes"), signer(), reason="x", location="x", at=AT)


def test_key_file_is_the_owner_s_alone_and_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "keys" / "demo.p12"
    signing.make_demo_key(path, "geslo")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        signing.make_demo_key(path, "geslo")
    with pytest.raises(signing.SignatureError):
        signing.Signer.load(path, "wrong")
    with pytest.raises(signing.SignatureError):
        signing.Signer.load(tmp_path / "absent.p12", "geslo")


def test_signature_data_for_the_act() -> None:
    facts = signer().facts()
    assert set(facts) == {"signer", "issuer", "serial", "valid_until"}
    assert facts["signer"] == "Občina Mali Breg"


def test_pem_roots_are_read_too() -> None:
    pem = x509.load_der_x509_certificate(signer().roots[0]).public_bytes(Encoding.PEM)
    assert signing.verify(signed("minutes"), [pem]).valid
