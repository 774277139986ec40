"""The office's key and what its certificate says, without the libraries that sign: a web worker names the signer and signs nothing."""

from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID

from grants.base import clock


class SignatureError(Exception):
    """A document could not be signed; the message says why."""


def read_certificate(path: Path, password: str) -> x509.Certificate:
    """The signer's certificate in a PKCS#12 file; a missing file and a wrong password are said plainly."""
    try:
        certificate = pkcs12.load_key_and_certificates(path.read_bytes(), password.encode())[1]
    except (OSError, ValueError) as error:
        raise SignatureError(f"The signing key {path.name} cannot be read: {error}") from error
    if certificate is None:
        raise SignatureError(f"The signing key {path.name} holds no certificate.")
    return certificate


def facts_of(certificate: x509.Certificate) -> dict[str, str]:
    """The signature data that an electronic act must show visibly (ZUP 210(4)); the instant is added by the caller."""
    return {
        "signer": common_name(certificate.subject),
        "issuer": common_name(certificate.issuer),
        "serial": f"{certificate.serial_number:X}",
        "valid_until": certificate.not_valid_after_utc.date().isoformat(),
    }


def common_name(name: x509.Name) -> str:
    """What a person or an office is called in a certificate."""
    found = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(found[0].value) if found else name.rfc4514_string()


def make_demo_key(path: Path, password: str, *, name: str = "Občina Obala (demo)", now: datetime | None = None, years: int = 5) -> None:
    """A self-made root and a signer (EC P-256) for demo and development, made at first start, readable by the owner only.

    Never for production: nobody else trusts this root.
    """
    start = (now or clock.now()).replace(microsecond=0) - timedelta(days=1)
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{name} – korensko potrdilo")])
    subject = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "SI"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, name),
            x509.NameAttribute(NameOID.COMMON_NAME, name),
        ]
    )
    root = (
        _builder(root_name, root_name, root_key, start, years=20 + years)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(sign_certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    leaf = (
        _builder(subject, root_name, key, start, years=years)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(sign_certificates=False), critical=True)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()), critical=False)
        .sign(root_key, hashes.SHA256())
    )
    protection = serialization.BestAvailableEncryption(password.encode())
    packed = pkcs12.serialize_key_and_certificates(name.encode(), key, leaf, [root], protection)
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(packed)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, start: datetime, *, years: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=365 * years))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, sign_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        content_commitment=not sign_certificates,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        encipher_only=False,
        decipher_only=False,
    )
