"""Electronic signatures on documents: PAdES B-B by pyHanko, on the empty field that `rendering.render` left.

Adds one revision and nothing else: no metadata, no visible stamp, so the file stays PDF/A-3a and PDF/UA-1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any

from asn1crypto import pem
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_signer import PdfSigningSession
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.errors import ValidationError

from grants.base.rendering import SIGNATURE_FIELD
from grants.base.signing_key import SignatureError, common_name, facts_of, make_demo_key

__all__ = ["SignatureError", "SignatureReport", "Signer", "make_demo_key", "sign", "verify"]


class _KeyKept(SimpleSigner):
    """SimpleSigner reads (and for RSA checks) the private key again for every signature: ten times the work."""

    private_key: Any = None

    def sign_raw(self, data: bytes, digest_algorithm: str) -> bytes:
        if self.private_key is None:
            self.private_key = serialization.load_der_private_key(self.signing_key.dump(), password=None)
        if digest_algorithm == "sha256":
            if isinstance(self.private_key, ec.EllipticCurvePrivateKey):
                return self.private_key.sign(data, ec.ECDSA(hashes.SHA256()))
            if isinstance(self.private_key, rsa.RSAPrivateKey) and not self.prefer_pss:
                return self.private_key.sign(data, PKCS1v15(), hashes.SHA256())
        return bytes(super().sign_raw(data, digest_algorithm))


class _OnlyTheSignature(IncrementalPdfFileWriter):
    """pyHanko rewrites the XMP on saving and loses the PDF/UA schema in it. (A private hook: pyHanko is pinned.)"""

    def _update_meta(self) -> None:
        pass


class _SignsAt(PdfSigner):
    """Takes the instant of signing from the caller instead of from the machine."""

    def __init__(self, metadata: PdfSignatureMetadata, signer: SimpleSigner, at: datetime) -> None:
        super().__init__(metadata, signer)
        self._at = at

    def init_signing_session(self, *args: Any, **keywords: Any) -> PdfSigningSession:
        session = super().init_signing_session(*args, **keywords)
        session.system_time = self._at
        return session


@dataclass(frozen=True)
class SignatureReport:
    """What an offline check of a PDF says. `problem` is for the log and the page, in plain English; empty when valid."""

    valid: bool
    covers_whole_file: bool
    signer_name: str
    signed_at: datetime | None
    problem: str = ""


class Signer:
    """The municipality's signing key and certificate, read once from a PKCS#12 file."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self._inner.embed_roots = True
        self.certificate: x509.Certificate = x509.load_der_x509_certificate(inner.signing_cert.dump())

    @classmethod
    def load(cls, path: Path, password: str) -> Signer:
        """Read the key; a missing file and a wrong password are said plainly."""
        try:
            inner: Any = _KeyKept.load_pkcs12(str(path), passphrase=password.encode())  # type: ignore[no-untyped-call]  # pyHanko leaves it untyped
        except (OSError, ValueError) as error:
            raise SignatureError(f"The signing key {path.name} cannot be read: {error}") from error
        if inner is None:
            raise SignatureError(f"The signing key {path.name} cannot be read: is the password right?")
        return cls(inner)

    @property
    def room(self) -> int:
        """Hexadecimal digits kept free for the signature; pyHanko would sign twice to find out."""
        certificates = [self._inner.signing_cert, *self._inner.cert_registry]
        return 2 * (1536 + sum(len(one.dump()) for one in certificates))

    @property
    def name(self) -> str:
        return common_name(self.certificate.subject)

    @property
    def roots(self) -> list[bytes]:
        """The self-signed certificates that came with the key (DER): enough to check one's own signatures offline."""
        known = [self._inner.signing_cert, *self._inner.cert_registry]
        return list({cert.dump(): None for cert in known if cert.self_issued})

    def facts(self) -> dict[str, str]:
        """The signature data that an electronic act must show visibly (ZUP 210(4)); the instant is added by the caller."""
        return facts_of(self.certificate)


def sign(pdf: bytes, signer: Signer, *, reason: str, location: str, at: datetime) -> bytes:
    """The same document with its empty signature field filled. `at` is printed as the claimed instant of signing."""
    if at.tzinfo is None:
        raise ValueError("The instant of signing needs its zone")
    metadata = PdfSignatureMetadata(
        field_name=SIGNATURE_FIELD,
        subfilter=SigSeedSubFilter.PADES,
        md_algorithm="sha256",
        name=signer.name,
        reason=reason,
        location=location,
    )
    try:
        writer = _OnlyTheSignature(BytesIO(pdf))
        work = _SignsAt(metadata, signer._inner, at)
        signed: bytes = work.sign_pdf(writer, existing_fields_only=True, bytes_reserved=signer.room).getvalue()
    except (SigningError, PdfError) as error:
        raise SignatureError(f"The document could not be signed: {error}") from error
    return signed


def verify(pdf: bytes, roots: Iterable[bytes]) -> SignatureReport:
    """Check the signature offline against the trusted root certificates (DER or PEM). Never raises on a bad file."""
    try:
        signatures = PdfFileReader(BytesIO(pdf)).embedded_signatures
        if not signatures:
            return SignatureReport(False, False, "", None, "There is no signature in the file.")
        context = ValidationContext(trust_roots=[_certificate(root) for root in roots], allow_fetching=False, revocation_mode="soft-fail")
        status = validate_pdf_signature(signatures[-1], signer_validation_context=context)
    except (PdfError, ValidationError, SigningError, ValueError, KeyError, TypeError, IndexError, OSError) as error:
        return SignatureReport(False, False, "", None, f"The file cannot be read as a signed PDF: {error}")
    whole = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    problem = "" if status.bottom_line and whole else f"The signature is not valid: {status.summary()}."
    subject = status.signing_cert.subject.native
    return SignatureReport(
        valid=bool(status.bottom_line) and whole,
        covers_whole_file=whole,
        signer_name=str(subject.get("common_name", "")),
        signed_at=status.signer_reported_dt,
        problem=problem,
    )


def _certificate(data: bytes) -> asn1_x509.Certificate:
    if pem.detect(data):
        _, _, data = pem.unarmor(data)
    return asn1_x509.Certificate.load(data)
