"""The form on which an officer records what was found out about one answer; the field of the value follows the kind of the answer."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_wtf import FlaskForm
from wtforms import Field, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional

from grants.applications.answered import Answered
from grants.applications.answers import NO, YES, as_typed
from grants.base.language import localized
from grants.evaluation.facts import MOST_REASON
from grants.evaluation.forms import Checkboxes, Counted
from grants.evaluation.verification.actions import Finding


def form_for(answer: Answered, languages: list[str], *, sent: bool) -> FlaskForm:
    """The form of one answer; empty but for what the latest record says, or as it was just sent."""
    names = {"sl": _("Reason in Slovenian"), "it": _("Reason in Italian")}
    fields: dict[str, Any] = {
        "replaces": HiddenField(),
        "proven": RadioField(
            _("What did you find?"), choices=[SelectChoice(YES, _("It is proven")), SelectChoice(NO, _("It is not proven"))], validate_choice=False
        ),
        "source_kind": RadioField(
            _("Where did you see it?"), [Optional()], choices=[SelectChoice("document", _("In a document")), SelectChoice("register", _("In a register"))]
        ),
        "source": StringField(_("Which document or register?"), [Optional()]),
    }  # fmt: skip
    if answer.wants_value:
        fields["value"] = _value_field(answer)
    for language in languages:
        fields[f"reason-{language}"] = TextAreaField(names[language], [Optional(), Counted(MOST_REASON)], render_kw={"lang": language})
    made = type("VerificationForm", (FlaskForm,), fields)
    form: FlaskForm = made() if sent else made(formdata=None, data=_kept(answer))
    return form


def _value_field(answer: Answered) -> Any:
    label = _("The value you found, if it differs from the stated one")
    fact = answer.fact
    if fact.kind == "boolean":
        choices = [SelectChoice("", _("as stated")), SelectChoice(YES, _("Yes")), SelectChoice(NO, _("No"))]
        return SelectField(label, [Optional()], choices=choices)
    listed = [SelectChoice(one.id, localized(one.label)) for one in fact.choices]
    if fact.kind == "choice":
        return SelectField(label, [Optional()], choices=[SelectChoice("", _("as stated")), *listed])
    if fact.kind == "choices":
        return Checkboxes(label, [Optional()], choices=listed)
    if fact.kind == "longtext":
        return TextAreaField(label, [Optional()])
    mode = {"integer": "numeric", "decimal": "decimal", "money": "decimal"}.get(fact.kind)
    return StringField(label, [Optional()], render_kw={"inputmode": mode} if mode else None)


def _kept(answer: Answered) -> dict[str, Any]:
    latest = answer.latest
    if latest is None:
        return {"replaces": ""}
    kept = {"replaces": str(latest.id), "proven": YES if latest.proven else NO, "source_kind": latest.source_kind, "source": latest.source}
    if answer.differs:
        kept["value"] = as_typed(answer.fact, latest.verified["value"])
    return kept | {f"reason-{language}": text for language, text in latest.reason.items()}


def finding_in(form: FlaskForm, languages: list[str]) -> Finding | None:
    """What was sent; None, with the field marked, when nobody chose whether it is proven."""
    proven: Field = form["proven"]
    if proven.data not in (YES, NO):
        proven.errors = [_("Choose whether it is proven.")]
        return None
    replaces = form["replaces"].data or ""
    return Finding(
        proven=proven.data == YES, value=form["value"].data if "value" in form else None, source_kind=form["source_kind"].data or "",
        source=form["source"].data or "", reason={one: form[f"reason-{one}"].data or "" for one in languages},
        replaces=int(replaces) if replaces.isascii() and replaces.isdigit() and len(replaces) < 10 else None,
    )  # fmt: skip
