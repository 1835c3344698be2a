"""The way back: what became of each entry above, as a signed file or at once, attached to the entries that were handed up."""

from __future__ import annotations

import hashlib
import io
import json
import uuid
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select

from contest_portal.contests.models import Contest
from contest_portal.contests.rules_codec import encode
from contest_portal.core.actor import Actor
from contest_portal.core.database import Work, found, locked, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotFound
from contest_portal.core.i18n import minute
from contest_portal.core.notices import notify
from contest_portal.core.text import N_, Message
from contest_portal.entries.models import Entry, ScreeningDecision
from contest_portal.entries.services.screening import Seen, return_entry
from contest_portal.people.queries.recipients import deciders_of
from contest_portal.results.handoff.models import Handoff, HandoffPartner
from contest_portal.results.handoff.package.content import RESULTS
from contest_portal.results.handoff.package.decoding import read_results
from contest_portal.results.handoff.package.keys import PublicKeys
from contest_portal.results.handoff.package.manifest import CategoryCount, Manifest
from contest_portal.results.handoff.package.problems import PackageProblem
from contest_portal.results.handoff.package.reading import Package
from contest_portal.results.handoff.package.writing import PackageWriter
from contest_portal.results.handoff.queries.results import results_of
from contest_portal.results.handoff.services.attaching import attach
from contest_portal.results.handoff.services.keys import confirmed_partner, private_keys
from contest_portal.results.handoff.services.packing import manifest_of

MOST_RESULT_BYTES = 64 << 20
MOST_WORDS = 500


def results_file(actor: Actor, handoff_id: int) -> tuple[bytes, str]:
    """The signed file of results for who handed up, and its name. Recorded.

    Each file of a hand-off has a higher number, so that an older one never replaces a newer one below.
    """
    row = found(Handoff, handoff_id)
    if row.direction != "in" or row.receipt_number is None:
        raise Conflict("handoff.not_taken", N_("还没有收下这次上报，没有可以送回的结果。"))
    keys = private_keys(actor, row.office_id)
    with unit_of_work(actor, "results.export_handoff_results") as work:
        row = locked(Handoff, handoff_id)
        revision = row.options.get("answers_made", 0) + 1
        row.options = {**row.options, "answers_made": revision}
        results = results_of(row)
        work.record(row, after={"uid": row.uid, "revision": revision, "results": len(results.results)})
    contest = found(Contest, row.contest_id)
    counts = [CategoryCount("", contest.name, len(results.results))]
    manifest = replace(
        manifest_of(row, contest, keys, counts),
        kind="results",
        id=uuid.uuid4().hex,
        revision=revision,
        answers=row.uid,
        has_id_numbers=False,
        has_phones=False,
    )
    target = io.BytesIO()
    writer = PackageWriter(target)
    writer.add(RESULTS, json.dumps(encode(results), ensure_ascii=False, indent=1).encode(), packed=True)
    writer.finish(manifest, keys)
    return target.getvalue(), f"{contest.office.short_name}-{contest.name}-结果-{row.counterpart}.zip".replace("/", "_")


def take_results(actor: Actor, office_id: int, content: bytes, *, contest_id: int | None = None) -> Handoff:
    """Attach the results in a file from above to what was handed up. Gives the hand-off that they answer.

    Taken twice, they are attached once. Raises PackageProblem, also where another office than the receiver signed; Conflict
    for a file older than the one taken last; NotFound where they answer nothing of this office.
    """
    if len(content) > MOST_RESULT_BYTES:
        raise PackageProblem(
            "too_large",
            N_("结果文件有 %(measured)s 字节，上限 %(limit)s 字节。"),
            measured=len(content),
            limit=MOST_RESULT_BYTES,
        )
    package = Package(io.BytesIO(content))
    manifest = package.manifest
    if manifest.kind != "results":
        raise Invalid("handoff.entries", N_("这是上报包，不是上级送回的结果文件。收件请在本单位赛事的「收件」中上传。"))
    signer = confirmed_partner(None, office_id, manifest.fingerprint)
    if signer is None or not _is_fingerprint(manifest):
        raise PackageProblem(
            "unknown_sender",
            N_("签名单位「%(name)s」不在已确认的往来单位中。请先导入它的公钥，由领导电话核对后确认。"),
            name=manifest.sender,
        )
    results = read_results(package.document(RESULTS))
    digest = hashlib.sha256(content).hexdigest()
    with unit_of_work(actor, "results.take_handoff_results") as work:
        row: Handoff | None = work.session.scalar(
            select(Handoff)
            .where(Handoff.office_id == office_id, Handoff.direction == "out", Handoff.uid == manifest.answers)
            .with_for_update()
        )
        if row is None or contest_id not in {None, row.contest_id}:
            raise NotFound("handoff.answers_nothing", N_("这份结果答复的上报不是本赛事的，没有导入。请核对赛事。"))
        _require_receiver(work, row, signer)
        order = _order_of(manifest)
        _require_newer(row, order)
        attach(work, row, results, manifest.contest_name, manifest.contest_year, by_file=True)
        row.options = {**row.options, "answer_order": order, "answered_with": signer.fingerprint}
        work.record(row, after={"results": len(results.results), "from": manifest.sender, "file": digest})
    return row


def _require_receiver(work: Work, row: Handoff, signer: HandoffPartner) -> None:
    """Raise PackageProblem unless the signer is whom the hand-off went to.

    That is the office it was encrypted to; of an open package the partner of the named receiver, and from the first answer
    on whoever gave it.
    """
    expected = {row.fingerprint or row.options.get("answered_with", "")} - {""}
    if not expected and row.counterpart:
        named = select(HandoffPartner.fingerprint).where(
            HandoffPartner.office_id == row.office_id,
            HandoffPartner.name == row.counterpart,
            HandoffPartner.state == "confirmed",
        )
        expected = set(work.session.scalars(named))
    if expected and signer.fingerprint not in expected:
        raise PackageProblem(
            "unknown_sender",
            N_("这份结果由「%(name)s」签名，它不是这次上报的收件单位，没有导入。请向收件单位索取结果文件。"),
            name=signer.name,
        )


def _order_of(manifest: Manifest) -> list[float]:
    """When the file was made (seconds since 1970) and its number. Both are signed."""
    try:
        return [datetime.fromisoformat(manifest.made_at).timestamp(), manifest.revision]
    except (ValueError, OverflowError) as error:
        raise PackageProblem("not_a_package", N_("结果文件里的生成时间读不出来，没有导入。")) from error


def _require_newer(row: Handoff, order: list[float]) -> None:
    if order < row.options.get("answer_order", []):
        message = N_("已经导入过更新的结果文件，这一份是旧的，没有导入。请导入最新的一份。")
        raise Conflict("handoff.older_results", message)


def _is_fingerprint(manifest: Manifest) -> bool:
    return PublicKeys("", manifest.signing_key, manifest.encryption_key).fingerprint == manifest.fingerprint


def send_results_back(actor: Actor, handoff_id: int) -> int:
    """Attach the results to the entries of the office below, in the same deployment. Gives how many awards there are."""
    with unit_of_work(actor, "results.send_handoff_results") as work:
        row = locked(Handoff, handoff_id)
        if row.direction != "in" or row.source_id is None or row.receipt_number is None:
            raise Conflict("handoff.not_here", N_("报送单位不在本系统中，请下载结果文件发给它。"))
        contest, source = found(Contest, row.contest_id), locked(Handoff, row.source_id)
        results = results_of(row)
        attach(work, source, results, contest.name, contest.year)
        count = sum(len(one.awards) for one in results.results)
        work.record(row, after={"results": len(results.results), "awards": count})
        words = N_("「%(name)s」的结果已送回，共 %(count)s 个奖项")
        title = Message.of(words, name=contest.name, count=count)
        if not count:
            title = Message.of(N_("「%(name)s」的审核结果已送回，还没有奖项"), name=contest.name)
        notify(work, deciders_of(source.office_id), title, url=f"/office/handoffs/{source.id}")
    return count


def return_handoff(actor: Actor, handoff_id: int, why: str, fix_until: datetime) -> Handoff:
    """Return the whole hand-off to be mended: its entries that await screening are returned with that reason.

    Raises Invalid without a reason, Conflict where it was not taken or a newer version came.
    """
    reason = why.strip()
    if not reason:
        raise Invalid("handoff.no_reason", N_("请写明退回的原因。"), field="why")
    if len(reason) > MOST_WORDS:
        message = Message.of(N_("原因有 %(measured)s 字，最多 %(limit)s 字。"), measured=len(reason), limit=MOST_WORDS)
        raise Invalid("handoff.long_reason", message, field="why")
    with unit_of_work(actor, "results.return_handoff") as work:
        row = locked(Handoff, handoff_id)
        if row.direction != "in" or row.state != "taken":
            raise Conflict("handoff.not_returnable", N_("只有已收下、没有新版的上报才能退回。请刷新页面查看。"))
        row.state, row.return_reason, row.version = "returned", reason, row.version + 1
        for line in row.lines:
            if line.entry is not None and line.entry.state == "submitted":
                return_entry(actor, line.entry.id, _seen(work, line.entry), [], reason, fix_until)
        work.record(row, before={"state": "taken"}, after={"state": "returned"}, why=reason)
        _tell_sender(work, row, reason, fix_until)
    return row


def return_line(actor: Actor, handoff_id: int, line_id: int, why: str, fix_until: datetime) -> Handoff:
    """Return one entry of a hand-off to be mended, as screening does. Raises Invalid, Conflict, NotFound."""
    with unit_of_work(actor, "results.return_handoff_line") as work:
        row = locked(Handoff, handoff_id)
        line = next((one for one in row.lines if one.id == line_id), None)
        if line is None or line.entry is None or row.direction != "in":
            raise NotFound
        return_entry(actor, line.entry.id, _seen(work, line.entry), [], why.strip(), fix_until)
        work.record(row, after={"returned": line.source_number}, why=why.strip()[:MOST_WORDS])
    return row


def _seen(work: Work, entry: Entry) -> Seen:
    last = work.session.scalar(select(func.max(ScreeningDecision.id)).where(ScreeningDecision.entry_id == entry.id))
    return Seen(submission=entry.submission_count, decision=last or 0)


def _tell_sender(work: Work, row: Handoff, reason: str, until: datetime) -> None:
    """Where the sender works here: its row says so, its people are told. Each work's school is told with the work."""
    if row.source_id is None:
        return
    source = locked(Handoff, row.source_id)
    source.state, source.return_reason, source.version = "returned", reason, source.version + 1
    title = Message.of(
        N_("上报（收据 %(number)s）被退回，请更正后在 %(until)s 前再次上报"),
        number=source.receipt_number or "",
        until=minute(until),
    )
    body = Message.of(N_("原因：%(why)s"), why=reason)
    notify(work, deciders_of(source.office_id), title, body, url=f"/office/handoffs/{source.id}")
