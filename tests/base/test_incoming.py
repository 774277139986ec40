"""What no form of ours would send: control signs, numbers without end, wrong methods. Each is answered, none breaks a page."""

from __future__ import annotations

import pytest
from flask import Flask, request
from sqlalchemy.exc import DataError

from grants.accounts.models import Role
from grants.config import ConfigurationError, from_environment
from tests.applications.builders import make_person, make_staff
from tests.conftest import sign_in
from tests.pages import LintingClient


def test_signs_that_no_text_has_are_taken_out_of_forms_and_queries(app: Flask) -> None:
    sent = {"name": "A\x00n\x08a\r\n\tŽ\u0085", "q\x00": "\ufffe"}
    with app.test_request_context("/sl/?stran=1\x00", method="POST", data=sent):
        assert request.form.to_dict() == {"name": "Ana\r\n\tŽ", "q": ""}
        assert request.args["stran"] == "1"


def test_a_name_with_a_control_sign_is_kept_without_it_on_both_databases(app: Flask, client: LintingClient) -> None:
    person = make_person()
    sign_in(client, person)
    assert client.post("/sl/racun/podatki", data={"name": "Ana\x00 Kos", "language": "sl"}).status_code == 303
    assert "Ana Kos" in client.get("/sl/racun").text


def test_a_form_without_end_is_refused_before_it_is_read(app: Flask, client: LintingClient) -> None:
    assert client.post("/sl/racun/prijava", data={"email": "a" * (5 * 1024 * 1024)}).status_code == 413


@pytest.mark.parametrize(
    "number",
    ["abc", "-1", "9" * 12, "9" * 19, "9" * 30, "9" * 5000, "²"],
    ids=["word", "negative", "large", "larger", "largest", "endless", "raised"],
)
def test_a_page_number_that_no_list_has_shows_an_empty_page(app: Flask, client: LintingClient, number: str) -> None:
    sign_in(client, make_staff(Role.ADMINISTRATOR, ""))
    assert client.get("/sl/posta", query_string={"stran": number}).status_code == 200


def test_head_asks_to_sign_in_as_get_does(app: Flask, client: LintingClient) -> None:
    answer = client.head("/sl/miza")
    assert answer.status_code == 302
    assert "/racun/prijava" in answer.location


def test_a_value_that_no_column_holds_is_refused_not_broken(app: Flask) -> None:
    with app.test_request_context("/en/"):
        page, status = app.handle_user_exception(DataError("insert", {}, ValueError("value out of range")))  # type: ignore[misc]
    assert status == 400
    assert "We could not read your request" in page


def test_production_wants_the_name_of_the_site_for_the_links_in_messages() -> None:
    secrets = {
        "GRANTS_ENV": "production",
        "GRANTS_SECRET_KEY": "a",
        "GRANTS_PASSWORD_SALT": "b",
        "GRANTS_TOTP_SECRET": "c",
        "GRANTS_SIGNING_P12": "/k.p12",
    }
    with pytest.raises(ConfigurationError, match="GRANTS_SERVER_NAME"):
        from_environment(secrets)
    assert from_environment(secrets | {"GRANTS_SERVER_NAME": "razpisi.example.si"}).server_name == "razpisi.example.si"
