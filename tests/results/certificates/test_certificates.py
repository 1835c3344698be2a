"""Certificates through the services: given once, numbered without a gap, revoked, given again, made into files."""

from __future__ import annotations

import io
import threading
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

import pypdf
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from contest_portal.core import audit
from contest_portal.core.actor import console_actor
from contest_portal.core.clock import MovingClock
from contest_portal.core.database import db, unit_of_work
from contest_portal.core.errors import Conflict, Invalid, NotAllowed, Stale
from contest_portal.core.jobs import run_all
from contest_portal.core.models import AuditRecord, Job, Notice
from contest_portal.core.storage import storage
from contest_portal.people.models import Student
from contest_portal.people.sessions import visitor
from contest_portal.results.certificates.layout import default_layout
from contest_portal.results.certificates.models import Certificate, CertificatePrint, CertificateTemplate
from contest_portal.results.certificates.queries import given as queries
from contest_portal.results.certificates.services import issuing as services
from contest_portal.results.certificates.services import prints, revoking, settings, templates
from contest_portal.results.certificates.services.keys import certificates_of, signing_key
from contest_portal.results.certificates.signing import check_signature
from contest_portal.results.objections.services.lodging import lodge_objection, withdraw_objection
from contest_portal.results.publishing.services import publications
from tests.factories import make_contest, sign_in
from tests.results.certificates.scene import ADDRESS, AwardedWorld
from tests.results.objections.scene import objecting

NOWHERE = "\U000f1234"


@pytest.fixture
def world(app: Flask) -> AwardedWorld:
    return AwardedWorld()


def content_of(sha256: str | None) -> bytes:
    assert sha256
    with storage().open(sha256) as stream:
        return stream.read()


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages)


def fresh(row: Certificate) -> Certificate:
    db.session.expire_all()
    return db.session.get_one(Certificate, row.id)


def choices(world: AwardedWorld, **values: object) -> None:
    now = queries.choices_of(queries.contest_of(world.contest.id))
    asked = {name: getattr(now, name) for name in ("number_pattern", "issuer", "dated_on", "is_one_each")}
    templates.save_choices(world.staff, world.contest.id, now.version, **{**asked, **values})  # type: ignore[arg-type]


def test_authors_and_tutors_get_numbered_certificates(world: AwardedWorld) -> None:
    rows = world.issue()
    assert [(row.number, row.kind, row.recipient, row.award) for row in rows] == [
        ("甘区科青创〔2018〕第0001号", "author", "张晓明", "一等奖"),
        ("甘区科青创〔2018〕第0002号", "tutor", "李老师", "一等奖"),
        ("甘区科青创〔2018〕第0003号", "author", "王小红", "二等奖"),
        ("甘区科青创〔2018〕第0004号", "author", "赵小刚", "三等奖"),
    ]
    assert len({row.code for row in rows}) == 4
    assert all(len(row.code) == 13 for row in rows)
    assert audit.verify(db.session)[1] is None


def test_nobody_gets_two_and_nothing_is_given_without_a_list(world: AwardedWorld) -> None:
    world.issue("author")
    with pytest.raises(Conflict, match="没有可以颁发的证书"):
        services.issue_certificates(world.staff, world.contest.id, ("author",))
    assert [row.kind for row in world.issue()] == ["tutor"]
    with pytest.raises(Conflict, match="没有可以颁发的证书"):
        services.issue_certificates(world.staff, make_contest(world.office, name="另一个赛事").id)


def test_each_author_of_a_team_has_one_or_all_have_one_together(world: AwardedWorld) -> None:
    world.add_author(world.entries[0], "周同学")
    standing = queries.standing_of(queries.contest_of(world.contest.id), queries.Choices("", ""))
    assert [one.recipient for one in standing.to_issue if one.kind == "author"][:2] == ["张晓明", "周同学"]
    choices(world, is_one_each=False)
    assert [row.recipient for row in world.issue("author")] == ["张晓明、周同学", "王小红", "赵小刚"]
    with pytest.raises(Conflict, match="已经颁发过证书"):
        choices(world, is_one_each=True)


def test_the_files_are_signed_and_sorted_by_school(world: AwardedWorld) -> None:
    rows = world.issue()
    made = db.session.scalars(select(CertificatePrint)).one()
    with zipfile.ZipFile(io.BytesIO(content_of(made.zip_file_sha256))) as archive:
        assert archive.namelist() == [
            "东街小学/甘区科青创〔2018〕第0003号 王小红.pdf",
            "西关小学/甘区科青创〔2018〕第0001号 张晓明.pdf",
            "西关小学/甘区科青创〔2018〕第0002号 李老师.pdf",
            "西关小学/甘区科青创〔2018〕第0004号 赵小刚.pdf",
        ]
        files = [archive.read(name) for name in archive.namelist()]
    keys = certificates_of(world.office.id)
    assert len(keys) == 1
    assert all(check_signature(file, keys).is_good for file in files)
    assert "王小红" in text_of(files[0])
    printed = pypdf.PdfReader(io.BytesIO(content_of(made.print_file_sha256)))
    assert len(printed.pages) == len(rows)
    assert "本证书不作为中小学招生入学依据" in printed.pages[0].extract_text()


def test_what_was_made_is_kept_unless_it_is_asked_for_anew(world: AwardedWorld) -> None:
    first = world.issue()[0].file_sha256
    world.make_files()
    assert db.session.scalars(select(Certificate).order_by(Certificate.serial)).first().file_sha256 == first  # type: ignore[union-attr]
    layout = default_layout("author", is_landscape=False)
    templates.save_template(world.staff, world.contest.id, "author", "", layout, 0)
    world.make_files(anew=True)
    db.session.expire_all()
    row = db.session.scalars(select(Certificate).order_by(Certificate.serial)).first()
    assert row is not None
    page = pypdf.PdfReader(io.BytesIO(content_of(row.file_sha256))).pages[0]
    assert page.mediabox.height > page.mediabox.width
    files = db.session.scalars(select(CertificatePrint).order_by(CertificatePrint.id)).all()
    assert [bool(one.zip_file_sha256) for one in files] == [False, False, True], "only the newest is kept"


def test_a_job_that_was_cut_off_goes_on_where_it_was(world: AwardedWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    services.issue_certificates(world.staff, world.contest.id)
    asked = prints.ask_for_print(world.staff, world.contest.id, ADDRESS)
    monkeypatch.setattr(prints, "AT_ONCE", 1)
    real, count = prints._write_down, []

    def stops_after_two(*arguments: object) -> None:
        count.append(1)
        if len(count) > 2:
            raise OSError("no disk")
        real(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(prints, "_write_down", stops_after_two)
    with pytest.raises(OSError, match="no disk"):
        prints.make_certificates({"print_id": asked.id})
    db.session.rollback()
    made = {row.id: row.file_sha256 for row in db.session.scalars(select(Certificate)) if row.file_sha256}
    assert len(made) == 2
    monkeypatch.setattr(prints, "_write_down", real)
    prints.make_certificates({"print_id": asked.id})
    db.session.expire_all()
    now = {row.id: row.file_sha256 for row in db.session.scalars(select(Certificate))}
    assert all(now.values())
    assert made.items() <= now.items()


def test_revoked_with_reason_and_day_and_never_the_same_number(world: AwardedWorld, clock: MovingClock) -> None:
    row = world.issue()[0]
    with pytest.raises(Invalid, match="请写明原因"):
        revoking.propose_revocation(world.staff, row.id, "  ")
    world.revoke(row.id, "作品与往届雷同")
    row = fresh(row)
    assert (row.state, row.revoked_why, row.revoked_at) == ("revoked", "作品与往届雷同", clock.now())
    with pytest.raises(Conflict, match="已经撤销过"):
        revoking.propose_revocation(world.staff, row.id, "再一次")
    again = services.reissue_certificate(world.staff, row.id, "核实后重发")
    assert (again.number, again.recipient) == ("甘区科青创〔2018〕第0005号", "张晓明")


def test_a_certificate_is_taken_away_by_two_people(world: AwardedWorld) -> None:
    row = world.issue()[0]
    with pytest.raises(Conflict, match="没有等待确认的撤销"):
        revoking.confirm_revocation(world.leader, row.id)
    revoking.propose_revocation(world.staff, row.id, "作品与往届雷同")
    with pytest.raises(NotAllowed, match="须由另一位同志确认"):
        revoking.confirm_revocation(world.staff, row.id)
    assert fresh(row).state == "valid"
    with pytest.raises(Conflict, match="已经有人提出"):
        revoking.propose_revocation(world.leader, row.id, "我也要撤")
    told = db.session.scalars(select(Notice.account_id).where(Notice.title == "请确认：撤销证书 %(number)s")).all()
    assert told == [world.leader.account_id]
    revoking.drop_revocation(world.leader, row.id)
    assert (fresh(row).state, row.revoke_asked_by, row.revoke_asked_why) == ("valid", None, "")
    revoking.propose_revocation(world.leader, row.id, "作品与往届雷同")
    revoking.confirm_revocation(world.staff, row.id)
    row = fresh(row)
    assert (row.state, row.revoked_by, row.revoke_asked_by) == ("revoked", world.staff.account_id, None)
    acts = select(AuditRecord.action, AuditRecord.account_id, AuditRecord.why).where(
        AuditRecord.action.in_(["results.propose_revocation", "results.drop_revocation", "results.revoke_certificate"])
    )
    assert db.session.execute(acts.order_by(AuditRecord.id)).all()[-2:] == [
        ("results.propose_revocation", world.leader.account_id, "作品与往届雷同"),
        ("results.revoke_certificate", world.staff.account_id, "作品与往届雷同"),
    ]


def names_in_zip(asked: CertificatePrint) -> list[str]:
    db.session.expire_all()
    files = db.session.get_one(CertificatePrint, asked.id)
    printed = pypdf.PdfReader(io.BytesIO(content_of(files.print_file_sha256)))
    with zipfile.ZipFile(io.BytesIO(content_of(files.zip_file_sha256))) as archive:
        assert len(archive.namelist()) == len(printed.pages)
        return archive.namelist()


def test_a_certificate_revoked_while_the_files_are_made_is_not_in_them(
    world: AwardedWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    issued = services.issue_certificates(world.staff, world.contest.id)
    asked = prints.ask_for_print(world.staff, world.contest.id, ADDRESS)
    real, revoked = prints.write_zip, []

    def revokes_meanwhile(path: Path, certificates: Sequence[Certificate]) -> None:
        real(path, certificates)
        if not revoked:
            revoked.append(world.revoke(issued.certificate_ids[0], "异议成立").number)

    monkeypatch.setattr(prints, "write_zip", revokes_meanwhile)
    prints.make_certificates({"print_id": asked.id})
    names = names_in_zip(asked)
    assert len(names) == len(issued.certificate_ids) - 1
    assert not any(revoked[0] in name for name in names)


def test_given_again_with_the_right_name_and_the_old_one_points_to_it(world: AwardedWorld) -> None:
    row = world.issue()[2]
    pupil = db.session.get_one(Student, world.pupils[1].id)
    pupil.name = "王晓红"
    db.session.commit()
    standing = queries.standing_of(queries.contest_of(world.contest.id), queries.choices_of(world.contest))
    assert [(old.recipient, now.recipient) for old, now in standing.changed] == [("王小红", "王晓红")]
    new = services.reissue_certificate(world.staff, row.id, "姓名写错")
    old = fresh(row)
    assert (old.state, old.replaced_by_id, old.recipient) == ("revoked", new.id, "王小红")
    assert (new.state, new.recipient, new.serial) == ("valid", "王晓红", 5)
    with pytest.raises(Conflict, match="已经重发过"):
        services.reissue_certificate(world.staff, row.id, "又一次")


def test_special_awards_and_honours_of_tutors_and_schools_have_certificates_too(world: AwardedWorld) -> None:
    special = world.give_special(world.entries[3], "张掖湿地专项奖")
    world.give_merits()
    rows = world.issue("author", "school")
    assert [(row.kind, row.recipient, row.award) for row in rows[3:]] == [
        ("author", "孙无奖", "张掖湿地专项奖"),
        ("school", "李老师", "优秀科技辅导员"),
        ("school", "东街小学", "优秀组织奖"),
    ]
    assert "李老师老师：" in text_of(content_of(rows[4].file_sha256))
    assert rows[5].school_id == world.schools[1].id
    special.cancelled_at = special.recorded_at
    db.session.commit()
    standing = queries.standing_of(queries.contest_of(world.contest.id), queries.choices_of(world.contest))
    assert [one.recipient for one in standing.fallen] == ["孙无奖"]
    new = services.reissue_certificate(world.staff, rows[5].id, "纸张损坏")
    assert (new.recipient, new.award) == ("东街小学", "优秀组织奖")


def test_what_is_no_longer_awarded_is_told_and_can_only_be_revoked(world: AwardedWorld) -> None:
    row = world.issue("author")[0]
    world.give(["", "一等奖", "三等奖", "三等奖"])
    standing = queries.standing_of(queries.contest_of(world.contest.id), queries.choices_of(world.contest))
    assert [one.recipient for one in standing.fallen] == ["张晓明"]
    assert [(old.recipient, now.award) for old, now in standing.changed] == [("王小红", "一等奖")]
    assert [one.recipient for one in standing.to_issue] == ["孙无奖"]
    with pytest.raises(Conflict, match="不能重发，只能撤销"):
        services.reissue_certificate(world.staff, row.id, "换一张")


def test_an_upheld_objection_revokes_all_certificates_of_the_entry(world: AwardedWorld) -> None:
    rows = world.issue()
    with unit_of_work(world.leader, "results.decide_objection") as work:
        count = services.revoke_for_entry(work, world.entries[0].id, "异议成立")
    assert count == 2
    assert [fresh(row).state for row in rows] == ["revoked", "revoked", "valid", "valid"]
    with unit_of_work(world.leader, "results.decide_objection") as work:
        assert services.revoke_for_entry(work, world.entries[0].id, "异议成立") == 0
        work.record(("entry", world.entries[0].id))


def test_a_work_with_an_open_case_and_one_that_was_withdrawn_get_none(world: AwardedWorld, client: FlaskClient) -> None:
    public = publications.draft_publication(world.staff, world.contest.id, "获奖名单公示", kind="award")
    publications.publish_list(world.leader, public.id, public.content_sha256)
    case, _code = lodge_objection(visitor(), public.id, objecting(world.entries[0]))
    world.entries[1].state = "withdrawn"
    db.session.commit()
    sign_in(client, world.staff)
    page = client.get(f"/office/contests/{world.contest.id}/certificates").text
    assert "有 2 张证书暂不颁发" in page
    assert f"有 1 件获奖作品已经撤回或退回，不颁发证书：{world.entries[1].title}" in page
    issued = services.issue_certificates(world.staff, world.contest.id, ("author", "tutor"))
    rows = [db.session.get_one(Certificate, row_id) for row_id in issued.certificate_ids]
    assert ([row.recipient for row in rows], issued.held) == (["赵小刚"], 2)
    with pytest.raises(Conflict, match="没办结的异议"):
        services.issue_certificates(world.staff, world.contest.id)
    withdraw_objection(visitor(), case.id)
    assert len(services.issue_certificates(world.staff, world.contest.id, ("author", "tutor")).certificate_ids) == 2


def test_a_certificate_is_not_given_again_while_a_case_is_open_and_falls_with_its_work(world: AwardedWorld) -> None:
    row, other, _third = world.issue("author")
    public = publications.draft_publication(world.staff, world.contest.id, "获奖名单公示", kind="award")
    publications.publish_list(world.leader, public.id, public.content_sha256)
    lodge_objection(visitor(), public.id, objecting(world.entries[0]))
    with pytest.raises(Conflict, match="没办结的异议"):
        services.reissue_certificate(world.staff, row.id, "姓名写错")
    assert fresh(row).state == "valid"
    world.entries[1].state = "withdrawn"
    db.session.commit()
    standing = queries.standing_of(queries.contest_of(world.contest.id), queries.choices_of(world.contest))
    assert [one.id for one in standing.fallen] == [other.id]


def test_letters_that_no_font_has_are_told_before_and_nothing_is_given_or_printed_with_boxes(app: Flask) -> None:
    world = AwardedWorld(("张𬭎", f"王{NOWHERE}", "䶮㛃", "孙无奖"))
    issued = services.issue_certificates(world.staff, world.contest.id, ("author",))
    assert (len(issued.certificate_ids), issued.left_out) == (2, 1)
    world.make_files()
    texts = [text_of(content_of(row.file_sha256)) for row in db.session.scalars(select(Certificate))]
    assert "张𬭎" in texts[0]
    assert "䶮㛃" in texts[1]


def test_a_certificate_whose_letters_went_missing_is_left_out_of_the_files(world: AwardedWorld) -> None:
    services.issue_certificates(world.staff, world.contest.id, ("author",))
    row = db.session.scalars(select(Certificate).order_by(Certificate.serial)).first()
    assert row is not None
    row.fields = {**row.fields, "姓名": NOWHERE}
    db.session.commit()
    world.make_files()
    made = db.session.scalars(select(CertificatePrint)).one()
    assert made.left_out == [row.id]
    assert fresh(row).file_sha256 is None


def test_two_offices_pressing_at_once_give_every_number_once(app: Flask, world: AwardedWorld) -> None:
    problems = at_once(
        app,
        lambda: services.issue_certificates(world.staff, world.contest.id),
        lambda: services.issue_certificates(world.leader, world.contest.id),
    )
    assert [type(one) for one in problems] == [Conflict]
    assert serials() == [1, 2, 3, 4]


def test_two_that_give_different_kinds_at_once_share_one_row_of_numbers(app: Flask, world: AwardedWorld) -> None:
    problems = at_once(
        app,
        lambda: services.issue_certificates(world.staff, world.contest.id, ("author",)),
        lambda: services.issue_certificates(world.leader, world.contest.id, ("tutor",)),
    )
    assert problems == []
    assert serials() == [1, 2, 3, 4]


def test_two_that_replace_the_same_one_at_once_make_one(app: Flask, world: AwardedWorld) -> None:
    (row, *_others) = world.issue("author")
    problems = at_once(
        app,
        lambda: services.reissue_certificate(world.staff, row.id, "姓名写错"),
        lambda: services.reissue_certificate(world.leader, row.id, "姓名写错"),
    )
    assert [type(one) for one in problems] == [Conflict]
    assert serials() == [1, 2, 3, 4]


def test_two_first_uses_of_the_key_make_one(app: Flask) -> None:
    world = AwardedWorld(has_key=False)
    actor = console_actor()
    assert at_once(app, *[lambda: signing_key(actor, world.office.id)] * 2) == []
    assert len(certificates_of(world.office.id)) == 1


def serials() -> list[int]:
    db.session.rollback()  # what the threads wrote is seen by a new transaction
    return list(db.session.scalars(select(Certificate.serial).order_by(Certificate.serial)))


def at_once(app: Flask, *acts: Callable[[], object]) -> list[Exception]:
    """Do them in threads that start together. Gives what went wrong."""
    start, problems = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]) -> None:
        with app.app_context():
            start.wait()
            try:
                act()
            except Exception as error:  # noqa: BLE001 - the test looks at what it was
                problems.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return problems


def test_another_contest_of_the_year_must_number_differently(world: AwardedWorld) -> None:
    world.issue("author")
    other = make_contest(world.office, name="2018年甘州区青少年机器人竞赛")
    with pytest.raises(Invalid, match="已经用了同样的编号"):
        templates.save_choices(
            world.staff, other.id, 0,
            number_pattern="甘区科青创〔{年}〕第{序号}号", issuer="甘州区科协", dated_on=None, is_one_each=True,
        )  # fmt: skip


def test_choices_are_not_saved_over_somebody_elses(world: AwardedWorld) -> None:
    choices(world, issuer="甘州区科学技术协会　甘州区教育局")
    with pytest.raises(Stale):
        templates.save_choices(
            world.staff, world.contest.id, 0, number_pattern="{序号}", issuer="科协", dated_on=None, is_one_each=True
        )
    world.issue("author")
    row = db.session.scalars(select(Certificate)).first()
    assert row is not None
    assert row.fields["颁发单位"] == "甘州区科学技术协会　甘州区教育局"


def test_an_award_with_its_own_template_and_last_years_taken_over(world: AwardedWorld) -> None:
    tall = default_layout("author", is_landscape=False)
    templates.save_template(world.staff, world.contest.id, "author", "一等奖", tall, 0)
    with pytest.raises(Stale):
        templates.save_template(world.staff, world.contest.id, "author", "一等奖", tall, 0)
    pages = [pypdf.PdfReader(io.BytesIO(content_of(row.file_sha256))).pages[0] for row in world.issue("author")]
    assert [page.mediabox.height > page.mediabox.width for page in pages] == [True, False, False]
    choices(world, issuer="甘州区科协")
    following = make_contest(world.office, name="2019年甘州区青少年科技创新大赛", year=2019)
    assert templates.copy_from(world.staff, following.id, world.contest.id) == 1
    assert queries.looks_of(following.id)["author", "一等奖"].layout == tall
    assert queries.choices_of(queries.contest_of(following.id)).issuer == "甘州区科协"
    with pytest.raises(Conflict, match="没有可以沿用的内容"):
        templates.copy_from(world.staff, following.id, world.contest.id)
    row = db.session.scalars(select(CertificateTemplate).where(CertificateTemplate.contest_id == following.id)).one()
    templates.remove_template(world.staff, row.id)
    assert queries.looks_of(following.id)["author", ""].id is None


def test_schools_are_told_when_they_may_download_and_when_one_is_void(world: AwardedWorld) -> None:
    rows = world.issue("author")
    settings.open_to_schools(world.staff, world.contest.id, is_open=True)
    settings.open_to_schools(world.staff, world.contest.id, is_open=True)
    told = db.session.scalars(select(Notice).order_by(Notice.id)).all()
    assert [one.account_id for one in told] == sorted(manager.account_id or 0 for manager in world.managers)
    world.revoke(rows[0].id, "异议成立")
    last = db.session.scalars(select(Notice).order_by(Notice.id.desc())).first()
    assert last is not None
    assert (last.account_id, last.params["number"]) == (world.managers[0].account_id, rows[0].number)


def test_the_job_says_how_far_it_is(world: AwardedWorld) -> None:
    services.issue_certificates(world.staff, world.contest.id)
    asked = prints.ask_for_print(world.staff, world.contest.id, ADDRESS)
    run_all()
    job = db.session.scalars(select(Job).where(Job.key == queries.print_key(asked.id))).one()
    assert (job.state, job.progress) == ("done", 100)


def test_a_certificate_that_was_only_revoked_is_not_given_again_with_the_others(
    world: AwardedWorld, client: FlaskClient
) -> None:
    first, *_others = world.issue("author")
    world.revoke(first.id, "家长要求不领")
    with pytest.raises(Conflict, match="没有可以颁发的证书"):
        services.issue_certificates(world.staff, world.contest.id, ("author",))
    given_now = world.issue("tutor")
    assert [row.recipient for row in given_now] == ["李老师"]
    page = sign_in(client, world.staff).get(f"/office/contests/{world.contest.id}/certificates").text
    assert "有 1 张证书撤销后不再颁发" in page
    assert "原因：家长要求不领" in page
    # Singly, from its own page, it may still be given again.
    again = services.reissue_certificate(world.staff, first.id, "家长同意领取")
    assert (again.recipient, again.state) == (first.recipient, "valid")
    page = client.get(f"/office/contests/{world.contest.id}/certificates").text
    assert "撤销后不再颁发" not in page


def test_before_the_list_is_settled_and_where_names_changed_since_the_page_warns(
    world: AwardedWorld, client: FlaskClient
) -> None:
    address = f"/office/contests/{world.contest.id}/certificates"
    sign_in(client, world.staff)
    assert "获奖名单还没有公示" in client.get(address).text
    draft = publications.draft_publication(world.staff, world.contest.id, "获奖名单公示", kind="award")
    public = publications.publish_list(world.leader, draft.id, draft.content_sha256)
    page = client.get(address).text
    assert "还没有确认期满" in page
    assert "姓名与公示的名单不同" not in page
    pupil = db.session.get_one(Student, world.pupils[0].id)
    pupil.name = "丁𬭎㛃"
    public.state = "final"
    db.session.commit()
    db.session.expire_all()
    page = client.get(address).text
    assert "还没有确认期满" not in page
    assert "张晓明 → 丁𬭎㛃" in page
