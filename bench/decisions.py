"""Signed three-page decisions per second, on one and on two processes, beside a plain use of the same libraries.

    python -m bench.decisions [--count 40] [--fonts FOLDER]

Beside, in the same run: `HTML(string=…).write_pdf()` with the style sheet in the page, and pyHanko's stock signer with an
RSA-3072 key, as both manuals show first. It sets the same text in the same design, but has less to do: no tags, no
PDF/A, no data file inside. `--fonts` names a folder with the whole SourceSans3-*.woff2 (npm pack source-sans); without it
the plain side gets our cut WOFF2, which helps it. CPU time is what is compared: other work on the machine disturbs it least.
"""

from __future__ import annotations

import argparse
import copy
import json
import multiprocessing
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from grants.base import rendering, signing
from grants.config import resource

ROOT = Path(__file__).resolve().parent.parent
AT = datetime(2026, 5, 18, 8, 5, 12, tzinfo=UTC)
PAGES = 3


def facts(index: int) -> dict[str, Any]:
    """A decision of three pages in one language with twelve criteria; every document differs."""
    given: dict[str, Any] = json.loads((ROOT / "tests/base/facts/decision.json").read_text(encoding="utf-8"))
    given = copy.deepcopy(given)
    given.update(languages=["sl"], number=f"671-3/2026-{index + 100}", party_name=f"Športno društvo Žaga {index}")
    given.update(statement=None, conditions_met=[], verified=[], course=given["course"][:3], conditions=given["conditions"][:2])
    for row in given["criteria"]:
        row["reason"] = row["reason"]["sl"].split(". ")[0]
    given["not_granted"], given["provisions"] = given["not_granted"][:1], given["provisions"][:1]
    return given


def ours(folder: Path) -> Callable[[int], bytes]:
    signer = signing.Signer.load(folder / "ec.p12", "bench")

    def make(index: int) -> bytes:
        given = facts(index)
        data = json.dumps(given, ensure_ascii=False, sort_keys=True).encode()
        pdf = rendering.render(
            "decision", given, title=f"Odločba {given['number']}", language="sl", attachment=("decision.json", data), signature_field=True
        )
        return signing.sign(pdf, signer, reason="Odločba", location="Mali Breg", at=AT)

    return make


def plain(folder: Path) -> Callable[[int], bytes]:
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import PdfSignatureMetadata, SimpleSigner, sign_pdf
    from weasyprint import HTML

    signer = SimpleSigner.load_pkcs12(str(folder / "rsa.p12"), passphrase=b"bench")
    style = (folder / "plain.css").read_text(encoding="utf-8")

    def make(index: int) -> bytes:
        given = facts(index)
        page = rendering.html_of("decision", given, title=f"Odločba {given['number']}", language="sl")
        pdf = HTML(string=page.replace("</head>", f"<style>{style}</style></head>")).write_pdf()
        writer = IncrementalPdfFileWriter(BytesIO(pdf))
        signed: bytes = sign_pdf(writer, PdfSignatureMetadata(field_name="Podpis"), signer=signer).getvalue()
        return signed

    return make


MAKERS = {"ours": ours, "plain": plain}


def prepare(folder: Path, fonts: Path | None) -> str:
    """Keys and the plain side's style sheet; says which fonts that side uses."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import rsa
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12
    from cryptography.x509.oid import NameOID

    signing.make_demo_key(folder / "ec.p12", "bench", name="Občina Mali Breg")
    key = rsa.generate_private_key(65537, 3072)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Občina Mali Breg")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(AT - timedelta(days=900))
        .not_valid_after(AT + timedelta(days=900))
        .sign(key, hashes.SHA256())
    )
    packed = pkcs12.serialize_key_and_certificates(b"bench", key, certificate, None, BestAvailableEncryption(b"bench"))
    (folder / "rsa.p12").write_bytes(packed)
    static = resource("static").resolve()
    style = (static / "documents" / "print.css").read_text(encoding="utf-8")
    whole = {"Regular": "Regular", "Italic": "It", "SemiBold": "Semibold", "SemiBoldItalic": "SemiboldIt"}
    for ours_name, theirs in whole.items():
        if fonts is None:
            address = static / "fonts" / f"MerilaSans-{ours_name}.woff2"
        else:
            (address,) = sorted(fonts.resolve().glob(f"SourceSans3-{theirs}.*woff2"))
        style = style.replace(f"../fonts/MerilaSans-{ours_name}.ttf", address.as_uri())
    (folder / "plain.css").write_text(style, encoding="utf-8")
    return "our cut WOFF2" if fonts is None else "whole WOFF2"


def _work(which: str, folder: str, count: int, start: Any, results: Any) -> None:
    make = MAKERS[which](Path(folder))
    for index in range(3):
        make(index)
    start.wait()
    wall, cpu = time.perf_counter(), time.process_time()
    for index in range(count):
        make(index)
    results.put((time.perf_counter() - wall, time.process_time() - cpu))


def measure(which: str, folder: Path, count: int, processes: int) -> dict[str, float]:
    """`count` documents in all, shared by warm processes."""
    context = multiprocessing.get_context("spawn")
    start, results = context.Barrier(processes), context.Queue()
    share = max(1, count // processes)
    workers = [context.Process(target=_work, args=(which, str(folder), share, start, results)) for _ in range(processes)]
    for worker in workers:
        worker.start()
    taken = [results.get(timeout=600) for _ in workers]
    for worker in workers:
        worker.join()
    made = share * processes
    wall, cpu = max(one[0] for one in taken), sum(one[1] for one in taken)
    return {"documents": made, "per_second": made / wall, "cpu_ms": 1000 * cpu / made, "per_core_second": made / cpu}


def main(count: int = 40, fonts: Path | None = None) -> dict[str, Any]:
    """Run all, print a table, give the figures back."""
    from pyhanko.pdf_utils.reader import PdfFileReader

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        told = prepare(folder, fonts)
        for which, maker in MAKERS.items():
            pages = int(PdfFileReader(BytesIO(maker(folder)(0))).root["/Pages"]["/Count"])
            if pages != PAGES:
                raise RuntimeError(f"{which}: {pages} pages instead of {PAGES}")
        figures = {
            (which, processes): measure(which, folder, count if which == "ours" else max(8, count // 2), processes)
            for processes in (1, 2)
            for which in MAKERS
        }
    print(f"signed decisions of {PAGES} pages; the plain side sets {told}, RSA-3072; ours PDF/A-3a + PDF/UA-1, EC P-256")
    print(f"{'':8}{'processes':>10}{'per second':>12}{'CPU ms each':>13}{'per core and s':>16}")
    for (which, processes), row in figures.items():
        print(f"{which:8}{processes:>10}{row['per_second']:>12.2f}{row['cpu_ms']:>13.0f}{row['per_core_second']:>16.2f}")
    ratio = figures["ours", 1]["per_core_second"] / figures["plain", 1]["per_core_second"]
    print(f"ratio per core: {ratio:.2f}")
    return {"ratio_per_core": ratio, "plain_fonts": told, **{f"{which}_{processes}": row for (which, processes), row in figures.items()}}


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--count", type=int, default=40)
    arguments.add_argument("--fonts", type=Path)
    given = arguments.parse_args()
    main(given.count, given.fonts)
