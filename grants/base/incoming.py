"""What browsers send: text without the signs that no text has, and no longer than a form can be.

Control signs and halves of letters would break our pages and PDFs, and PostgreSQL refuses some of them where SQLite does not.
"""

from __future__ import annotations

import re
import threading
from datetime import datetime
from typing import Any

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.utils import cached_property

_NO_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")


class Arrival(threading.local):
    """When the first bytes of the request that this thread answers reached the server; the web worker notes it (grants/serving.py)."""

    at: datetime | None = None


arrival = Arrival()


class Incoming(Request):
    """A request whose form and query hold nothing but text. Files stay as they are: they are judged by their content."""

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """The query, cleaned."""
        return _cleaned(super().args)

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        most = self.max_form_memory_size
        if self.mimetype == "application/x-www-form-urlencoded" and most is not None and (self.content_length or 0) > most:
            raise RequestEntityTooLarge  # the library limits only forms that carry files
        super()._load_form_data()
        self.__dict__["form"] = _cleaned(self.form)


def _cleaned(typed: MultiDict[str, str]) -> ImmutableMultiDict[str, Any]:
    return ImmutableMultiDict([(_NO_TEXT.sub("", name), _NO_TEXT.sub("", value)) for name, value in typed.items(multi=True)])
