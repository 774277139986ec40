"""What an applicant declared and consented to, word for word, as the submission keeps it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from grants.base import audit
from scoring.rulebook import Track


def declarations_of(track: Track, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every declaration and consent that was asked for: whether it was given, its text in all languages, and the hash of that text."""
    kept = []
    for fact in track.facts:
        words = fact.legal or fact.consent
        if words is None or fact.id not in values:
            continue
        said: dict[str, Any] = {"label": dict(fact.label), "text": dict(words.text), "article": words.article}
        if fact.consent is not None:
            said["records"] = dict(fact.consent.records)
        kind = "consent" if fact.consent is not None else "declaration"
        digest = hashlib.sha256(audit.canonical_json(said).encode()).hexdigest()
        kept.append({"fact": fact.id, "kind": kind, "given": bool(values[fact.id]), **said, "sha256": digest})
    return kept
