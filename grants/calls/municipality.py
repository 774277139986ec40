"""The office that runs this instance: its names, seat, people and addresses in both languages, read once from a YAML file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from flask import current_app, has_app_context

from grants.config import ConfigurationError, resource

Words = Mapping[str, str]


@dataclass(frozen=True)
class Official:
    """A person who holds an office."""

    name: str
    function: Words


@dataclass(frozen=True)
class Municipality:
    """Names and addresses as sentences need them: `genitive` after "župan …", `*_locative` after "pri …" / "presso …"."""

    name: Words
    genitive: Words
    locative: Words
    seat: Words
    address: Words
    gazette: Words
    website: str
    mayor: Official
    mayor_dative: Words
    head_of_administration: Official
    administration: Words
    administration_locative: Words
    court: Words
    court_locative: Words
    email: str
    phone: str
    languages: tuple[str, ...]
    areas: Mapping[str, Words]
    register_code: str
    register_name: str

    def seat_inside(self, code: str, name: str = "") -> bool | None:
        """Whether a seat lies in this municipality, by its code in the business register, else by its name there; None if neither is known."""
        if code.strip():
            return code.strip().lstrip("0") == self.register_code.lstrip("0")
        if name.strip():
            return name.strip().casefold() == self.register_name.casefold()
        return None

    def __getitem__(self, language: str) -> str:
        """The name in one language: the page shell says `municipality["sl"]`."""
        return self.name[language]


def municipality() -> Municipality:
    """The municipality of this instance."""
    path = current_app.config["SETTINGS"].municipality if has_app_context() else resource("municipality.yaml")
    return read(path)


@lru_cache(maxsize=8)
def read(path: Path) -> Municipality:
    """Read one file; what is missing or superfluous in it is named."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}. It describes the municipality; see municipality.yaml.") from error
    if not isinstance(data, dict):
        raise ConfigurationError(f"{path} is empty or no mapping; see municipality.yaml for its shape.")
    known = {field.name for field in fields(Municipality)}
    if wrong := known ^ set(data):
        raise ConfigurationError(f"{path}: missing or unknown: {', '.join(sorted(map(str, wrong)))}; see municipality.yaml for its shape.")
    return Municipality(**{**data, **_typed(data, path)})


def _typed(data: dict[str, Any], path: Path) -> dict[str, Any]:
    texts = {
        name: said for name, said in data.items() if isinstance(said, dict) and name not in ("mayor", "head_of_administration", "areas")
    }
    for name, said in texts.items():
        if lacking := [language for language in data["languages"] if not said.get(language)]:
            raise ConfigurationError(f"{path}: {name} has no text in {', '.join(lacking)}.")
    return {
        "mayor": Official(**data["mayor"]),
        "head_of_administration": Official(**data["head_of_administration"]),
        "languages": tuple(data["languages"]),
    }
