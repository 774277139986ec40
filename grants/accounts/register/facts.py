"""What the register says about an organisation, and how an organisation takes it over."""

from __future__ import annotations

from typing import Any

from grants.accounts.models import LegalForm, Organisation, RegisterUnit

_FORMS = (
    (("narodn", "skupnost"), LegalForm.MINORITY_COMMUNITY), (("versk",), LegalForm.RELIGIOUS_COMMUNITY), (("cerk",), LegalForm.RELIGIOUS_COMMUNITY),
    (("društv",), LegalForm.ASSOCIATION), (("drustv",), LegalForm.ASSOCIATION), (("zvez",), LegalForm.FEDERATION), (("ustanov",), LegalForm.FOUNDATION),
    (("zavod",), LegalForm.INSTITUTE),
)  # fmt: skip


def said(unit: RegisterUnit) -> dict[str, Any]:
    """The facts of one unit, as an organisation keeps them."""
    return {
        "name": unit.name, "short_name": unit.short_name, "legal_form": form_of(unit), "street": unit.street, "postcode": unit.postcode,
        "place": unit.place or unit.settlement, "municipality_code": unit.municipality_code, "municipality": unit.municipality,
        "settlement": unit.settlement, "activity_codes": unit.activity_codes, "representative": representatives(unit),
    }  # fmt: skip


def form_of(unit: RegisterUnit) -> LegalForm:
    """Our kind of legal person. The register has one form for associations and their federations: there the name tells them apart."""
    form = unit.form.lower()
    found = next((ours for parts, ours in _FORMS if all(part in form for part in parts)), LegalForm.OTHER)
    if found == LegalForm.ASSOCIATION and unit.name.lower().startswith("zveza"):
        return LegalForm.FEDERATION
    return found


def representatives(unit: RegisterUnit) -> str:
    """Those who represent it, as many of them as one line holds."""
    line = ""
    for one in unit.representatives.split("\n"):
        longer = f"{line}, {one}" if line else one
        if len(longer) > 120:
            break
        line = longer
    return line


def follow(organisation: Organisation, unit: RegisterUnit) -> list[str]:
    """Take over what the register says; what it leaves empty stays as it is. Names the facts that changed."""
    changed = []
    for name, value in said(unit).items():
        if value != "" and getattr(organisation, name) != value:
            setattr(organisation, name, value)
            changed.append(name)
    if organisation.from_register_on is None:
        changed.append("from_register_on")
    organisation.from_register_on = unit.snapshot.taken_on
    return sorted(changed)
