"""A public list is pulled at once, also within its term: one person proposes it with a reason, another one confirms."""

from __future__ import annotations

import re
import unicodedata

from sqlalchemy import select

from contest_portal.contests.models import Contest
from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, FieldProblem, Invalid, NotAllowed
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.people.queries.recipients import deciders_of
from contest_portal.people.services.two_people import require_second_person
from contest_portal.results.public_list.content import from_content, is_group_name
from contest_portal.results.publishing.models import Publication, TakeDown
from contest_portal.results.publishing.queries.publications import PUBLIC_STATES
from contest_portal.results.publishing.states import publication_after

SHORTEST_REASON, SHORTEST_WORDS = 10, 10
LONGEST_REASON, LONGEST_WORDS = 2_000, 500
LONG_NUMBER = 11
"""Digits of a mobile telephone's number; a person's own has more."""
SHORTEST_NAME = 2


def propose_take_down(actor: Actor, publication_id: int, why: str, words: str) -> TakeDown:
    """Propose to pull a list. `why`: for the office, on record; `words`: what the public will read instead of the list.

    Nothing changes for the public yet. Raises Invalid, with all problems, for texts that are too short or too long and for
    public words with a name of the list or a long number; Conflict where the list is not the version in force, or a proposal
    waits already.
    """
    why, words = why.strip(), words.strip()
    problems = [
        *_length_problems(why, "why", SHORTEST_REASON, LONGEST_REASON, N_("紧急下线的原因")),
        *_length_problems(words, "words", SHORTEST_WORDS, LONGEST_WORDS, N_("向公众说明的文字")),
    ]
    with unit_of_work(actor, "results.propose_take_down") as work:
        publication = locked(Publication, publication_id)
        _require_in_force(publication)
        problems += _told_in(words, _names_on(work, publication))
        if problems:
            raise Invalid("results.take_down_words", problems[0].message, problems=problems)
        if _waiting(work, publication_id) is not None:
            raise Conflict("results.proposed_already", N_("已经有人提出紧急下线，等另一位同志确认。请刷新页面查看。"))
        proposal = TakeDown(
            publication=publication, why=why, words=words, proposed_by=actor.account_id, proposed_at=now()
        )
        work.session.add(proposal)
        work.session.flush()
        work.record(publication, after={"take_down": proposal.id, "state": "proposed", "words": words}, why=why)
        title = Message.of(N_("请确认：紧急下线《%(title)s》"), title=publication.title)
        notify(work, _others(publication, actor), title, url=f"/office/publications/{publication.id}")
    return proposal


def confirm_take_down(actor: Actor, take_down_id: int) -> Publication:
    """Pull the list, with all its versions, as another person than proposed it.

    Raises NotAllowed for who proposed it; Conflict where it was confirmed or withdrawn already, or the list is not in force.
    """
    with unit_of_work(actor, "results.confirm_take_down") as work:
        proposal = _locked_proposal(take_down_id)
        words = N_("紧急下线由您提出，须由另一位同志确认。请这位同志登录后打开这份名单操作。")
        require_second_person(actor, proposal.proposed_by, NotAllowed("results.own_take_down", words))
        publication = proposal.publication
        _require_in_force(publication)
        before = publication.state
        versions = work.session.scalars(
            select(Publication)
            .where(
                Publication.contest_id == publication.contest_id,
                Publication.kind == publication.kind,
                Publication.version <= publication.version,
                Publication.state.in_(PUBLIC_STATES),
            )
            .with_for_update()
        )
        pulled = []
        for row in versions:
            state = publication_after("pull", row.state)
            if state is not None:
                row.state, row.pulled_at, row.pulled_words = state, now(), proposal.words
                pulled.append(row.version)
        _settle(proposal, actor, "done")
        work.record(
            publication,
            before={"state": before},
            after={"state": "pulled", "take_down": proposal.id, "versions": sorted(pulled), "words": proposal.words},
            why=proposal.why,
        )
    return publication


def withdraw_take_down(actor: Actor, take_down_id: int) -> TakeDown:
    """Take the proposal back, as who made it. Raises NotAllowed for others, Conflict where it was settled already."""
    with unit_of_work(actor, "results.withdraw_take_down") as work:
        proposal = _locked_proposal(take_down_id)
        if proposal.proposed_by != actor.account_id:
            raise NotAllowed("results.others_take_down", N_("只有提出人可以撤回紧急下线的提议。"))
        _settle(proposal, actor, "withdrawn")
        publication = proposal.publication
        work.record(publication, after={"take_down": proposal.id, "state": "withdrawn"})
        title = Message.of(N_("不用再确认：《%(title)s》紧急下线的提议已撤回"), title=publication.title)
        notify(work, _others(publication, actor), title, url=f"/office/publications/{publication.id}")
    return proposal


def _length_problems(text: str, field: str, least: int, most: int, what: str) -> list[FieldProblem]:
    if least <= len(text) <= most:
        return []
    words = N_("%(what)s应为 %(least)s 至 %(most)s 个字，现在 %(count)s 个字。")
    message = Message.of(words, what=Message(what), least=least, most=most, count=len(text))
    return [FieldProblem(field, message)]


def _told_in(words: str, names: set[str]) -> list[FieldProblem]:
    """What must not stand in the list's place: a name that stood on it, a number as long as a telephone's or a person's."""
    plain = "".join(unicodedata.normalize("NFKC", words).split())
    problems = []
    if found := sorted(name for name in names if name in plain):
        message = Message.of(N_("这段文字会公开，不能写名单中的姓名：%(names)s。"), names="、".join(found))
        problems.append(FieldProblem("words", message))
    if number := re.search(rf"\d{{{LONG_NUMBER},}}", plain):
        message = Message.of(
            N_("这段文字会公开，不能写身份证号、电话等长号码：%(number)s…。"), number=number.group()[:4]
        )
        problems.append(FieldProblem("words", message))
    return problems


def _names_on(work: Work, publication: Publication) -> set[str]:
    """The people's names of this version and of the older ones: whom an amendment took out is no less to be kept quiet."""
    contents = work.session.scalars(
        select(Publication.content).where(
            Publication.contest_id == publication.contest_id,
            Publication.kind == publication.kind,
            Publication.version <= publication.version,
        )
    )
    lines = [line for content in contents for section in from_content(content) for line in section.lines]
    shown = [text for line in lines for text in (line.tutors, "" if is_group_name(line) else line.names)]
    names = {"".join(name.split()) for text in shown for name in text.split("、")}
    return {name for name in names if len(name) >= SHORTEST_NAME}


def _require_in_force(publication: Publication) -> None:
    if publication.state == "pulled":
        raise Conflict("results.pulled_already", N_("这份名单已经提前下线，不必重复操作。"))
    if publication.state == "amended" or publication_after("pull", publication.state) is None:
        raise Conflict("results.not_in_force", N_("只有现行的公示名单可以紧急下线，以前的版本会一起下线。"))


def _locked_proposal(take_down_id: int) -> TakeDown:
    """The proposal that waits; its list is locked first, as by all who change lists."""
    locked(Publication, found(TakeDown, take_down_id).publication_id)
    proposal = locked(TakeDown, take_down_id)
    if proposal.state != "proposed":
        raise Conflict("results.take_down_settled", N_("紧急下线的提议已经确认或撤回，不必重复操作。请刷新页面查看。"))
    return proposal


def _settle(proposal: TakeDown, actor: Actor, state: str) -> None:
    proposal.state, proposal.settled_by, proposal.settled_at = state, actor.account_id, now()


def _waiting(work: Work, publication_id: int) -> TakeDown | None:
    row: TakeDown | None = work.session.scalar(
        select(TakeDown).where(TakeDown.publication_id == publication_id, TakeDown.state == "proposed")
    )
    return row


def _others(publication: Publication, actor: Actor) -> list[int]:
    """Staff and leaders of the list's office who may confirm."""
    return deciders_of(found(Contest, publication.contest_id).office_id, actor.account_id)
