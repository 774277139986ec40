"""Draw the tables of steps into docs/lifecycles.md: `python -m tools.draw_lifecycles`."""

from __future__ import annotations

from pathlib import Path

import grants.applications.models
import grants.calls.models
import grants.decisions.models
import grants.evaluation.models  # noqa: F401 - importing registers the lifecycles
from grants.base import workflow

HEADER = """# The lives of things

Every status and every step, drawn from the code (`python -m tools.draw_lifecycles`). A status changes only through
`grants/base/workflow.py: move()`, which writes the event named here in the same transaction.
"""


def page() -> str:
    """The whole page."""
    parts = [HEADER]
    for _, life in sorted(workflow.LIFECYCLES.items(), key=lambda pair: pair[1].entity):
        parts.append(f"## {life.entity.replace('_', ' ').capitalize()}\n")
        parts.append("```mermaid\nstateDiagram-v2")
        parts += [f"    {step.source or '[*]'} --> {step.target}: {step.event.name}" for step in life.transitions]
        parts += [f"    {status} --> [*]" for status in sorted(life.final)]
        parts.append("```\n")
        parts.append("| from | to | event | who |\n|--|--|--|--|")
        parts += [f"| {step.source or '(new)'} | {step.target} | `{step.event.name}` | {step.who} |" for step in life.transitions]
        parts.append("")
    return "\n".join(parts)


def main() -> None:
    """Write the page."""
    (Path(__file__).parent.parent / "docs" / "lifecycles.md").write_text(page(), encoding="utf-8")


if __name__ == "__main__":
    main()
