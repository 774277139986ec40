"""Who takes part in the journey of a call, and where their things are."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Flask

from tests.conftest import Clock
from tests.journeys.visitor import Visitor

TITLE = {"sl": "Javni razpis za šport 2026", "it": "Bando per lo sport 2026"}
JOINT = {"sl": "Načrt je dober, vodje vadbe pa niso navedeni.", "it": "Il piano è buono, ma i responsabili non sono indicati."}


@dataclass
class Life:
    """Who takes part, and where their things are."""

    app: Flask
    clock: Clock
    people: dict[str, Visitor] = field(default_factory=dict)
    call: str = ""
    applications: dict[str, str] = field(default_factory=dict)
    evaluation: str = ""
    proposal: str = ""
    decision: str = ""

    def visitor(self, language: str = "sl") -> Visitor:
        """Somebody who is not signed in."""
        return Visitor(self.app, language)
