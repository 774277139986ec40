"""A pot with ``parts`` (rounds, fields, disciplines) is written once and becomes one pot for each part."""

from collections.abc import Mapping
from typing import Any

from scoring.findings import UNREAD, Finding, Path, Positions, found, refusal

MOST_POTS = 200


def unfold(data: Mapping[str, Any], positions: Positions, name: str, mistakes: list[Finding]) -> tuple[dict[str, Any], Positions]:
    """The data with every pot written out, and the positions of its parts. Raises ``RulebookError`` for far too many of them.

    A part is the pot with the part's own id (``pot.part``) and with whatever keys the part says itself. What is wrong in the shape
    is left as it is: validation names it with its place. An id that is missing is added to ``mistakes``, and another stands in for it.
    """
    moved: dict[Path, Path] = {}
    tracks = data.get("tracks")
    if not isinstance(tracks, list) or not any(_has_parts(track) for track in tracks):
        return dict(data), positions
    new_tracks: list[Any] = []
    for t, track in enumerate(tracks):
        if not _has_parts(track):
            new_tracks.append(track)
            continue
        pots: list[Any] = []
        for p, pot in enumerate(track["pots"]):
            if not (isinstance(pot, Mapping) and isinstance(pot.get("parts"), list) and pot["parts"]):
                moved["tracks", t, "pots", len(pots)] = ("tracks", t, "pots", p)
                pots.append(pot)
                continue
            if not isinstance(pot.get("id"), str):
                mistakes.append(_missing(("tracks", t, "pots", p, "id"), positions, "a pot needs an id"))
                pot = {**pot, "id": f"{UNREAD}{p}"}
            for r, part in enumerate(pot["parts"]):
                old: Path = ("tracks", t, "pots", p)
                new: Path = ("tracks", t, "pots", len(pots))
                moved[new] = (*old, "parts", r)
                if not isinstance(part, Mapping) or not isinstance(part.get("id"), str):
                    mistakes.append(_missing((*old, "parts", r), positions, "a part of a pot needs an id"))
                    part = {**(part if isinstance(part, Mapping) else {}), "id": f"{UNREAD}{r}"}
                for key in pot:
                    moved[*new, key] = (*old, key)
                for key in part:
                    moved[*new, key] = (*old, "parts", r, key)
                pots.append({**{key: value for key, value in pot.items() if key != "parts"}, **part, "id": f"{pot['id']}.{part['id']}"})
                if len(pots) > MOST_POTS:
                    raise refusal(name, "too_large", old, positions, f"a track has at most {MOST_POTS} pots", "Split it.")
        new_tracks.append({**track, "pots": pots})
    return {**data, "tracks": new_tracks}, _moved(positions, moved)


def _missing(path: Path, positions: Positions, message: str) -> Finding:
    return found("error", "missing_key", path, positions, message, 'Add "id:" here.', key="id")


def _has_parts(track: object) -> bool:
    pots = track.get("pots") if isinstance(track, Mapping) else None
    return isinstance(pots, list) and any(isinstance(pot, Mapping) and pot.get("parts") for pot in pots)


def _moved(positions: Positions, moved: Mapping[Path, Path]) -> Positions:
    """The positions again, under the paths that the parts have after unfolding."""
    below: dict[Path, list[Path]] = {}
    for path in positions:
        for length in range(len(path) + 1):
            below.setdefault(path[:length], []).append(path)
    pots = {path for path in moved if len(path) == 4}
    tracks = {path[:3] for path in pots}
    result = {path: place for path, place in positions.items() if path[:3] not in tracks or len(path) == 3}
    for new, old in sorted(moved.items(), key=lambda pair: len(pair[0])):
        for path in below.get(old, ()):
            if len(new) == 4 and new in pots and old[-2] == "parts":
                if path == old:
                    result[new] = positions[path]
                continue
            result[(*new, *path[len(old) :])] = positions[path]
    return result
