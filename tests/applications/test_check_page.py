"""The check page: all that is missing or wrong, each with a link to its field; then one button, and the receipt at once."""

from __future__ import annotations

import hashlib
import io
import re

from flask import Flask
from pyhanko.pdf_utils.reader import PdfFileReader

from grants.applications import answers, queries
from grants.applications.models import Application
from grants.base import jobs
from grants.base.db import db
from grants.base.transaction import unit_of_work
from tests.applications.builders import make_application, make_call, owner_of
from tests.conftest import sign_in


def test_each_line_leads_to_a_field_that_is_there(app: Flask) -> None:
    application = make_application("draft", call=make_call(rulebook="obala-ngo-2026", area="ngo"))
    member = sign_in(app.test_client(), owner_of(application.organisation))
    page = member.get(f"/sl/vloge/{application.id}/oddaja")
    links = re.findall(rf'href="(/sl/vloge/{application.id}/obrazec\?vse=1)#([^"]+)"', page.text)
    asked = answers.check_draft(application).asked
    facts = queries.track_of(application.call, application.track).facts
    assert len(links) >= sum(fact.required and not fact.prefill and fact.id in asked for fact in facts) > 3
    form = member.get(links[0][0]).text
    assert [field for _address, field in links if f'id="{field}"' not in form] == []
    assert 'name="declared"' not in page.text, "no button while something is missing"


def test_one_button_and_the_receipt_at_once_with_all_its_hashes(app: Flask) -> None:
    application = make_application("ready", call=make_call(rulebook="obala-ngo-2026", area="ngo"))
    member = sign_in(app.test_client(), owner_of(application.organisation))
    page = member.get(f"/sl/vloge/{application.id}/oddaja").text
    assert page.count('name="declared"') == 1
    version = db.session.get_one(Application, application.id).version
    receipt = member.get(member.post(f"/sl/vloge/{application.id}/oddaja", data={"version": version, "declared": "y"}).location)
    submission = queries.latest_submission(db.session.get_one(Application, application.id))
    assert "10:00:00 (CEST)" in receipt.text
    for said in (submission.number, submission.content_sha256, *(one["sha256"] for one in submission.content["attachments"])):
        assert said in receipt.text
    assert "PDF nastaja" in receipt.text or "Izdelava" in receipt.text or "sekund" in receipt.text
    assert f"/vloge/{application.id}/dokumenti/" not in receipt.text
    while jobs.run_pending():
        pass
    later = member.get(f"/sl/vloge/{application.id}/potrdilo").text
    (paper,) = re.findall(rf"/sl/vloge/{application.id}/dokumenti/\d+", later)
    pdf = member.get(paper).data
    assert pdf.startswith(b"%PDF-")
    # Whoever has the file, from the page or out of the PDF, recomputes the fingerprint without us.
    (address,) = re.findall(rf"/sl/vloge/{application.id}/vsebina.json", later)
    content = member.get(address).data
    assert hashlib.sha256(content).hexdigest() == submission.content_sha256
    names = PdfFileReader(io.BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]["/Names"]
    assert (len(names), names[1]["/EF"]["/F"].data) == (2, content)


def test_submitting_renders_nothing_sends_nothing_and_reads_no_file(app: Flask) -> None:
    """What the transaction writes is rows: one job stands for the receipt and the mail, and the files on disk are not touched."""
    from grants.applications.actions import submitting
    from grants.base.documents import Document
    from grants.base.mail import Message

    application = make_application("ready", call=make_call(rulebook="obala-ngo-2026", area="ngo"))
    for one in application.attachments:
        from grants.base import files

        files.path_of(one.sha256).unlink()  # hashing them again would fail
    before = [db.session.scalar(db.select(db.func.count(model.id))) for model in (Document, Message, jobs.Job)]
    with unit_of_work():
        made = db.session.get_one(Application, application.id)
        submitting.submit(made, by=owner_of(made.organisation))
    after = [db.session.scalar(db.select(db.func.count(model.id))) for model in (Document, Message, jobs.Job)]
    assert [b - a for a, b in zip(before, after, strict=True)] == [0, 0, 1]
