"""What is wrong, or doubtful, in a rulebook: one finding per place, with its line and column."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Severity = Literal["error", "warning"]
Path = tuple[str | int, ...]
Positions = Mapping[Path, tuple[int, int]]
UNREAD = "unread_"
"""How the names begin that stand in for those that could not be read."""


@dataclass(frozen=True)
class Finding:
    """One finding. ``line`` and ``column`` count from 1; 0 means that the rulebook was not read from a text.

    ``code`` is a stable slug and ``params`` holds the values in ``message``, so a page can say it in its own language.
    """

    severity: Severity
    code: str
    line: int
    column: int
    path: str
    message: str
    advice: str = ""
    params: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        place = f"line {self.line}, column {self.column}: " if self.line else ""
        advice = f". {self.advice}" if self.advice else ""
        return f"{place}{self.severity}: {self.path}: {self.message}{advice} [{self.code}]"


class CodedError(ValueError):
    """What the rules do not allow. ``code`` is a stable slug, ``params`` the values in the message."""

    def __init__(self, code: str, message: str, **params: object) -> None:
        super().__init__(message)
        self.code = code
        self.params = {key: str(value) for key, value in params.items()}


class RulebookError(ValueError):
    """A rulebook that cannot be used; carries all errors at once, in the order of the text.

    ``rest`` is what could be read of it, ``mended`` the places in it that only stand in for what could not; ``sure`` says whether all its names lead
    somewhere.
    """

    def __init__(
        self,
        findings: Sequence[Finding],
        name: str = "rulebook",
        rest: object = None,
        mended: frozenset[Path] = frozenset(),
        sure: bool = False,
    ) -> None:
        self.rest, self.mended, self.sure = rest, mended, sure
        # A mistake in a pot with parts is one mistake, although it stands in each of the pots that are made of it.
        once = {(one.line, one.column, one.message) if one.line else index: one for index, one in reversed([*enumerate(findings)])}
        self.findings = tuple(sorted(once.values(), key=lambda finding: (finding.line, finding.column, finding.code)))
        super().__init__(name + "\n" + "\n".join(str(finding) for finding in self.findings))


def path_text(path: Path) -> str:
    """A path as people write it: ``tracks[0].pots[1].amount``."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text or "(whole file)"


def place_of(path: Path, positions: Positions) -> tuple[int, int]:
    """Line and column of ``path``, or of the nearest thing that contains it; (0, 0) when nothing was located."""
    while path not in positions and path:
        path = path[:-1]
    return positions.get(path, (0, 0))


def found(severity: Severity, code: str, path: Path, positions: Positions, message: str, advice: str = "", **params: object) -> Finding:
    """A finding at ``path``."""
    line, column = place_of(path, positions)
    texts = {key: str(value) for key, value in params.items()}
    return Finding(severity, code, line, column, path_text(path), message, advice, texts)


def refusal(name: str, code: str, path: Path, positions: Positions, message: str, advice: str, **params: object) -> RulebookError:
    """One mistake for which the whole file called ``name`` is refused."""
    return RulebookError([found("error", code, path, positions, message, advice, **params)], name)
