"""The base of all forms: messages in the reader's language, and fields that take what people type."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext, ngettext
from flask_wtf import FlaskForm
from wtforms import Form as PlainForm


class _Translations:
    """WTForms asks here for the words of its own messages."""

    def gettext(self, text: str) -> str:
        """One message."""
        return gettext(text)

    def ngettext(self, singular: str, plural: str, number: int) -> str:
        """One message in the right number."""
        return ngettext(singular, plural, number)


class Form(FlaskForm):
    """A form of a page: protected against forged requests, in the reader's language."""

    class Meta(FlaskForm.Meta):
        """Our words instead of the library's English."""

        def get_translations(self, form: Any) -> _Translations:
            """Where the messages come from."""
            return _Translations()


class InnerForm(PlainForm):
    """A form inside a form: one row of a list. The outer form carries the token."""

    class Meta(PlainForm.Meta):
        """Our words instead of the library's English."""

        def get_translations(self, form: Any) -> _Translations:
            """Where the messages come from."""
            return _Translations()
