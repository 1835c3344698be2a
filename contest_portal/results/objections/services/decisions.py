"""The decision on a case: proposed by one person, signed by another, answered; what follows when it was upheld."""

from __future__ import annotations

from contest_portal.core.actor import Actor
from contest_portal.core.clock import now
from contest_portal.core.database import Work, unit_of_work
from contest_portal.core.errors import Conflict, Invalid
from contest_portal.core.text import N_, Message
from contest_portal.people.services.two_people import require_second_person
from contest_portal.results.awards.services.prizes import cancel_award
from contest_portal.results.certificates.services.issuing import revoke_for_entry
from contest_portal.results.objections.models import Objection
from contest_portal.results.objections.services.record import (
    changed,
    locked_case,
    note,
    plain_words,
    require_anonymous,
    require_task,
    step,
    tell,
)
from contest_portal.results.objections.states import OUTCOMES


def propose_decision(actor: Actor, objection_id: int, seen_version: int, outcome: str, text: str) -> Objection:
    """Who handles the case says how it is to be decided; nothing follows before a second person has signed this text."""
    words = plain_words(text, "decision", N_("请写明认定的事实、依据和处理决定。"))
    if outcome not in OUTCOMES:
        raise Invalid("results.no_outcome", N_("请选择处理结果。"), field="outcome")
    with unit_of_work(actor, "results.propose_decision") as work:
        row = locked_case(objection_id, seen_version)
        require_task(actor, row)
        if row.second_id is None:
            raise Conflict("results.no_second", N_("还没有指定签署人。请先由领导指定，再提出决定。"))
        require_anonymous(row, words, "decision")
        step(work, row, "propose")
        row.outcome, row.decision = outcome, words
        row.proposed_by, row.proposed_at = actor.account_id, now()
        note(work, row, "propose", words)
        tell(work, row, [row.second_id], N_("异议 %(number)s 的处理决定等您签署"))
    return row


def sign_decision(actor: Actor, objection_id: int, seen_version: int) -> Objection:
    """The second person signs the very text that was seen; it holds from now on. Upheld: the work's awards are cancelled and
    its certificates revoked in the same transaction. Raises Stale, Conflict, NotAllowed."""
    with unit_of_work(actor, "results.sign_decision") as work:
        row = locked_case(objection_id, seen_version)
        require_task(actor, row, second=True)
        words = N_("提出决定的人不能自己签署。请由另一人签署。")
        require_second_person(actor, row.proposed_by, Conflict("results.same_person", words))
        step(work, row, "sign")
        row.decided_by, row.decided_at = actor.account_id, now()
        after: dict[str, object] = {"outcome": row.outcome}
        note(work, row, "sign", row.decision)
        if row.outcome == "upheld":
            after |= _take_away(work, row)
        changed(work, row, after=after)
        tell(work, row, [row.handler_id], N_("异议 %(number)s 的处理决定已签署，请答复异议人"))
    return row


def disagree(actor: Actor, objection_id: int, seen_version: int, why: str) -> Objection:
    """The second person does not sign: back to the inquiry, with the reason."""
    words = plain_words(why, "why", N_("请写明不同意的理由。"))
    with unit_of_work(actor, "results.disagree") as work:
        row = locked_case(objection_id, seen_version)
        require_task(actor, row, second=True)
        step(work, row, "disagree")
        row.outcome = ""
        note(work, row, "disagree", words)
        tell(work, row, [row.handler_id], N_("异议 %(number)s 的处理决定被退回"))
    return row


def answer_objector(actor: Actor, objection_id: int, seen_version: int, text: str) -> Objection:
    """The answer that stands under the secret link; the case is closed."""
    words = plain_words(text, "answer", N_("请写下给异议人的答复。"))
    with unit_of_work(actor, "results.answer_objector") as work:
        row = locked_case(objection_id, seen_version)
        require_task(actor, row)
        row.answer = words
        step(work, row, "answer")
        note(work, row, "answer", words)
    return row


def reason_for(row: Objection) -> str:
    """What the record of an award or a certificate says, which the school reads too: the case's number, not its text."""
    return str(Message.of(N_("因异议成立取消（异议 %(number)s）。处理决定请向主办单位了解。"), number=row.number))


def _take_away(work: Work, row: Objection) -> dict[str, object]:
    """Cancel the work's awards and revoke its certificates; how many of each."""
    why = reason_for(row)
    awards, certificates = cancel_award(work, row.entry_id, why), revoke_for_entry(work, row.entry_id, why)
    words = Message.of(
        N_("取消奖项 %(awards)s 项，撤销证书 %(certificates)s 张"), awards=awards, certificates=certificates
    )
    note(work, row, "remedy", str(words))
    return {"awards": awards, "certificates": certificates}
