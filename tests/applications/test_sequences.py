"""Whatever two people do in whatever order: one submission counts at most, and it is what its receipt's hash says."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from grants.accounts.models import User
from grants.applications import queries
from grants.applications.actions import drafting, submitting
from grants.applications.models import Application
from grants.applications.states import ApplicationStatus
from grants.base import audit, documents, jobs
from grants.base.db import db
from grants.base.errors import Refused
from grants.base.transaction import unit_of_work
from tests.applications.builders import make_application, make_member, owner_of, small_pdf

PEOPLE = st.sampled_from((0, 1))
NUMBERS = st.integers(1, 5000)


@pytest.fixture
def begun(app: Flask) -> Iterator[Callable[[], tuple[int, tuple[int, int]]]]:
    """A fresh draft that could be submitted, and the two people who act on it."""

    def make() -> tuple[int, tuple[int, int]]:
        application = make_application("ready")
        owner, editor = owner_of(application.organisation), make_member(application.organisation)
        return application.id, (owner.id, editor.id)

    yield make


def machine(begin: Callable[[], tuple[int, tuple[int, int]]]) -> type[RuleBasedStateMachine]:
    """Two people with one application each step of whom is a unit of work, as a request is."""

    class TwoPeople(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.identity, self.people = begin()
            self.seen: dict[str, int] = {}  # the version of the page that each has open
            self.counts: str | None = None  # the hash that the last acknowledged submission was told
            self.typed: str | None = None

        def act(self, person: int, work: Callable[[Application, User], Any]) -> Any:
            with suppress(Refused), unit_of_work():
                return work(db.session.get_one(Application, self.identity), db.session.get_one(User, self.people[person]))
            return None

        @rule(person=PEOPLE)
        def opens(self, person: int) -> None:
            with unit_of_work(write=False):
                self.seen[str(person)] = db.session.get_one(Application, self.identity).version

        @rule(person=PEOPLE, number=NUMBERS)
        def saves(self, person: int, number: int) -> None:
            version = self.seen.get(str(person), 1)
            if self.act(person, lambda one, by: drafting.save(one, {"members": str(number)}, version=version, by=by) == ()):
                self.typed = str(number)

        @rule(person=PEOPLE)
        def types_nonsense(self, person: int) -> None:
            if self.act(person, lambda one, by: (drafting.save(one, {"members": "veliko"}, version=one.version, by=by), True)):
                self.typed = "veliko"

        @rule(person=PEOPLE, number=NUMBERS)
        def corrects(self, person: int, number: int) -> None:
            if self.act(person, lambda one, by: (drafting.save(one, {"members": str(number)}, version=one.version, by=by), True)):
                self.typed = str(number)

        @rule(person=PEOPLE, number=st.integers(1, 3))
        def attaches_where_nothing_is_asked(self, person: int, number: int) -> None:
            self.act(person, lambda one, by: drafting.attach(one, "nothing", small_pdf("a.pdf", str(number)), by=by))

        @rule(person=PEOPLE)
        def submits_what_is_on_the_page(self, person: int) -> None:
            version = self.seen.get(str(person), 1)
            told = self.act(person, lambda one, by: submitting.submit(one, by=by, version=version).content_sha256)
            self.counts = told or self.counts

        @rule(person=PEOPLE, clicks=st.integers(1, 3))
        def submits(self, person: int, clicks: int) -> None:
            told = {self.act(person, lambda one, by: submitting.submit(one, by=by).content_sha256) for _ in range(clicks)}
            assert len(told) == 1
            self.counts = told.pop() or self.counts

        @rule(person=PEOPLE)
        def withdraws(self, person: int) -> None:
            if self.act(person, lambda one, by: (submitting.withdraw(one, by=by), True)):
                self.counts = None

        @rule(person=PEOPLE)
        def takes_up_again(self, person: int) -> None:
            self.act(person, lambda one, by: submitting.resume(one, by=by))

        @precondition(lambda self: self.counts is not None)
        @rule()
        def worker_confirms(self) -> None:
            for identity in jobs.waiting(200):
                if db.session.get_one(jobs.Job, identity).kind == "applications.confirm_submission":
                    db.session.rollback()
                    jobs.perform(identity)
            db.session.rollback()

        @invariant()
        def one_counts_at_most_and_it_is_what_its_receipt_says(self) -> None:
            with unit_of_work(write=False):
                application = db.session.get_one(Application, self.identity)
                submissions = application.submissions
                assert [one.sequence for one in submissions] == list(range(1, len(submissions) + 1))
                assert len({one.number for one in submissions}) == len(submissions)
                assert all(one.content_sha256 == submitting.sha256_of(one.content) for one in submissions)
                submitted = application.status == ApplicationStatus.SUBMITTED
                assert submitted is (self.counts is not None)
                if submitted:
                    last = queries.latest_submission(application)
                    assert (last.content_sha256, application.number, application.submitted_at) == (
                        self.counts,
                        last.number,
                        last.received_at,
                    )
                    assert self.typed is None or str(last.content["answers"]["members"]) == self.typed == application.answers["members"]
                for receipt in documents.of_subject(application, "receipt"):
                    (told,) = [one for one in submissions if one.number == receipt.number]
                    assert receipt.facts["content_sha256"] == told.content_sha256
                kinds = [entry.kind.name for entry in audit.timeline(application, audit.PARTY)]
                assert kinds.count("application.submitted") == len(submissions)
                assert kinds.count("application.submitted") - kinds.count("application.withdrawn") == int(submitted)

        def teardown(self) -> None:
            with unit_of_work(write=False):
                assert audit.verify(db.session())[1] == []

    return TwoPeople


def test_any_sequence_leaves_exactly_one_submission_that_counts_equal_to_its_receipt(begun: Callable[[], tuple[int, tuple[int, int]]]) -> None:  # fmt: skip
    found = settings(max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(machine(begun), settings=found)  # type: ignore[no-untyped-call]
