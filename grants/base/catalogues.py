"""Translations: one .po per stage and language, merged into one compiled catalogue per language."""

from __future__ import annotations

import os
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

TRANSLATED = ("sl", "it")
"""English is the source."""


class CatalogueConflict(ValueError):
    """Two catalogues of one language translate the same text differently."""


def parts(folder: Path, language: str) -> list[Path]:
    """The .po files of one language."""
    return sorted((folder / language / "LC_MESSAGES").glob("*.po"))


def read(folder: Path, language: str) -> Catalog:
    """All translations of one language in one catalogue. The plural rule is Babel's own for the language."""
    merged = Catalog(locale=language, fuzzy=False)
    for path in parts(folder, language):
        with path.open("rb") as handle:
            part = read_po(handle, locale=language)
        for message in part:
            if not message.id:
                continue
            known = merged.get(message.id, message.context)
            if known is not None and known.string != message.string:
                raise CatalogueConflict(f"{path.name}: {message.id!r} is translated differently elsewhere: {known.string!r}")
            merged.add(message.id, message.string, flags=message.flags, context=message.context)
    return merged


def compile_all(folder: Path) -> list[Path]:
    """Write `messages.mo` for each language whose sources are newer; a reader never sees half a file."""
    written = []
    for language in TRANSLATED:
        target = folder / language / "LC_MESSAGES" / "messages.mo"
        sources = parts(folder, language)
        if not sources:
            continue
        newest = max(path.stat().st_mtime_ns for path in [*sources, target.parent])
        if target.exists() and target.stat().st_mtime_ns >= newest:
            continue
        scratch = target.with_name(f".messages.{os.getpid()}.mo")
        catalogue = read(folder, language)
        try:
            with scratch.open("wb") as handle:
                write_mo(handle, catalogue)
            scratch.replace(target)
        finally:
            scratch.unlink(missing_ok=True)
        os.utime(target)
        written.append(target)
    return written
