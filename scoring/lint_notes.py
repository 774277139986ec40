"""How the linter writes down what it found: a finding at a place below the part it is looking at."""

from __future__ import annotations

from dataclasses import dataclass

from scoring.findings import Finding, Path, Positions, found


@dataclass(frozen=True)
class Note:
    """Makes findings; ``key`` is the path below ``place``. ``below`` gives the same for a part inside."""

    positions: Positions
    place: Path = ()

    def __call__(self, severity: str, code: str, key: Path, message: str, advice: str, **params: object) -> Finding:
        return found("error" if severity == "error" else "warning", code, (*self.place, *key), self.positions, message, advice, **params)

    def below(self, *key: str | int) -> Note:
        """For a part of this part."""
        return Note(self.positions, (*self.place, *key))
