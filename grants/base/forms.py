"""A form whose action is refused comes back with every message in its place: beside its field, or above the form."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_wtf import FlaskForm
from wtforms import Field

from grants.base.errors import Refused


def show_faults(form: FlaskForm, faults: Mapping[str, Any]) -> list[str]:
    """Tie the messages of a refusal to their fields; gives back those that have none."""
    loose = []
    for name, message in faults.items():
        if name in form:
            field: Field = form[name]
            field.errors = [*field.errors, str(message)]
        else:
            loose.append(str(message))
    return loose


def tried(form: FlaskForm, action: Callable[[], Any], *, but: tuple[type[Refused], ...] = ()) -> tuple[Any, int]:
    """What the action gave and 0; or None and the status of its refusal, whose messages stand in the form then.

    The page answers the refusals in `but` in another way.
    """
    if not form.validate():
        return None, 422
    try:
        return action(), 0
    except but:
        raise
    except Refused as refusal:
        loose = show_faults(form, refusal.fields)
        if len(loose) == len(refusal.fields):  # the refusal as a whole, or fields that this page does not show
            form.form_errors.append(str(refusal.message))
        return None, refusal.status
