"""What other programs read: the duties of an organisation for calendars (iCalendar), the published calls for feed readers (Atom)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from xml.etree import ElementTree as ET

from flask_babel import gettext as _

from grants.accounts.letters import address
from grants.accounts.models import Organisation
from grants.base import clock
from grants.base.language import current_language, instant, localized
from grants.calls.models import Call
from grants.calls.municipality import municipality
from grants.calls.queries import last_told
from grants.calls.states import CallStatus
from grants.desk.queries import Duty

ATOM = "http://www.w3.org/2005/Atom"
NEWEST = 50


def calendar_of(organisation: Organisation, duties: Sequence[Duty]) -> bytes:
    """A calendar with one event for each duty that has a day or a second, and a reminder two days before.

    RFC 5545 wants something in every calendar: where nothing is to be done, that is our time zone.
    """
    from icalendar import Alarm, Calendar, Event, Timezone  # only this address needs it

    language = current_language()
    calendar = Calendar()
    calendar.add("prodid", "-//Merila//duties//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", organisation.name)
    year = clock.local(clock.now()).year
    calendar.add_component(Timezone.from_tzid(clock.LJUBLJANA.key, first_date=date(year, 1, 1), last_date=date(year + 2, 1, 1)))
    for duty in duties:
        if duty.due is None:
            continue
        event, reminder = Event(), Alarm()
        link = address(duty.endpoint, language, **duty.where)
        event.add("uid", f"{duty.endpoint.rpartition('.')[2]}-{duty.id}@{link.split('/')[2]}")  # ids of different things may be equal
        event.add("dtstamp", clock.now())
        event.add("dtstart", duty.due)
        event.add("summary", duty.sentence)
        event.add("description", f"{organisation.name}\n{link}")
        event.add("url", link)
        reminder.add("action", "DISPLAY")
        reminder.add("description", duty.sentence)
        reminder.add("trigger", timedelta(days=-2))
        event.add_component(reminder)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def feed_of(calls: Sequence[Call]) -> bytes:
    """The calls that were published last, each with its deadline. One that was extended or cancelled since counts as changed then."""
    language = current_language()
    newest = sorted(calls, key=_published, reverse=True)[:NEWEST]
    told = last_told(newest)
    changed = {call.id: max(_published(call), told.get(call.id, _published(call))) for call in newest}
    own = address("desk.call_feed", language)
    ET.register_namespace("", ATOM)
    feed = ET.Element(f"{{{ATOM}}}feed", {"{http://www.w3.org/XML/1998/namespace}lang": language})
    _add(feed, "id", own)
    _add(feed, "title", _("Calls of %(name)s", name=localized(municipality().name)))
    _add(feed, "updated", max(changed.values(), default=clock.now()).isoformat())
    _add(_add(feed, "author"), "name", localized(municipality().name))
    _add(feed, "link", rel="self", href=own, type="application/atom+xml")
    _add(feed, "link", rel="alternate", href=address("calls.call_list", language), type="text/html")
    for call in newest:
        entry, page = _add(feed, "entry"), address("calls.call_page", language, call_id=call.id)
        _add(entry, "id", page)
        _add(entry, "title", localized(call.title))
        _add(entry, "updated", changed[call.id].isoformat())
        _add(entry, "published", _published(call).isoformat())
        _add(entry, "link", rel="alternate", href=page, type="text/html")
        _add(entry, "category", term=call.area)
        until = _("Applications until %(instant)s", instant=instant(call.closes_at))
        _add(entry, "summary", _("The call was cancelled.") if call.status == CallStatus.CANCELLED else until)
    return b'<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(feed, encoding="utf-8")


def _published(call: Call) -> datetime:
    assert call.published_at is not None  # a draft is never fed
    return call.published_at


def _add(parent: ET.Element, name: str, text: str = "", **attributes: str) -> ET.Element:
    child = ET.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    child.text = text or None
    return child
