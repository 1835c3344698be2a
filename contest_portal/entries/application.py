"""The application form (申报书) as a printed sheet, from an entry's document."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import zip_longest
from typing import Any

from flask_babel import gettext as _

from contest_portal.contests.rules import CategoryRules
from contest_portal.core.i18n import second, size, translate
from contest_portal.core.pdf import render_pdf
from contest_portal.core.qr import qr_svg
from contest_portal.entries.presentation import ShownEntry, ShownFact, ShownPerson, shown_entry, signed_form_slot
from contest_portal.entries.snapshots import Line, Snapshot


def application_pdf(
    snapshot: Snapshot,
    rules: CategoryRules,
    *,
    is_draft: bool,
    submitted_at: datetime | None = None,
    address: str = "",
) -> bytes:
    """The sheet as PDF: all data, places to sign and to seal. `is_draft` prints 草稿 across it; `address` becomes the
    code that leads to the entry's page."""
    shown = shown_entry(snapshot, rules)
    contest = snapshot["contest"]
    data: dict[str, Any] = {
        "title": _("申报书"),
        "running": contest["name"],
        "contest": contest["name"],
        "category": rules.name,
        "number": shown.number,
        "number_label": _("编号"),
        "draft": _("草稿") if is_draft else "",
        "draft_note": _("本页为草稿，提交后再打印带编号的申报书。") if is_draft else "",
        "qr": qr_svg(address) if address else "",
        "qr_label": _("扫码查看"),
        "submitted": "" if is_draft or submitted_at is None else _("提交时间 %(at)s", at=second(submitted_at)),
        "basics_label": _("基本信息"),
        "basics": [*_pairs(shown.facts), [_("学校全称"), snapshot["school"]["name"], True]],
        "authors_label": _("作者"),
        "author_heads": _author_heads(rules),
        "authors": [_author(one, rules, shown.is_team) for one in shown.authors],
        "tutors_label": rules.tutors.label,
        "tutor_heads": [_("姓名"), _("性别"), _("单位"), _("职务/职称")],
        "tutors": [[one.name, one.sex, one.school, one.position] for one in shown.tutors]
        or ([[_("无"), "", "", ""]] if rules.tutors.maximum else []),
        "answers_label": _("补充信息"),
        "answers": _pairs(shown.answers),
        "files_label": _("提交材料"),
        "file_heads": [_("材料项"), _("文件名"), _("大小"), _("页数、尺寸或时长")],
        "files": [
            [slot.label, one.name, size(one.size_bytes), _text(one.measure or "")]
            for slot in shown.slots
            for one in slot.files
        ],
        "pledge_label": _("诚信声明"),
        "pledge": _(
            "本人（群体）承诺：申报作品由作者自己选题、自己设计和研究、自己制作和撰写，所填内容真实，材料无抄袭和弄虚作假。"
        ),
        **_signing(rules, shown),
    }
    return render_pdf("entries/application.typ", data)


def _signing(rules: CategoryRules, shown: ShownEntry) -> dict[str, Any]:
    """Where to sign and to seal. Nobody signs twice: where a signed form was handed in as a file, this sheet is a copy."""
    slot = signed_form_slot(rules)
    if slot:
        note = _("签字、盖章的%(label)s已作为材料上传。本表由学校存档，不用再签字、盖章。", label=slot)
        return {"signatures": [], "seals": [], "phone_label": "", "copy_note": note}
    if rules.applicant_kind == "teacher":
        signatures = [_("申报人签字")]
    else:
        signatures = [_("作者签字"), _("监护人签字")] + (
            [_("%(label)s签字", label=rules.tutors.label)] if shown.tutors else []
        )
    return {
        "signatures": signatures,
        "phone_label": _("联系电话"),
        "seals": [_("学校意见"), _("主办单位意见")],
        "copy_note": _("本表签字、盖章后由学校存档；通知要求上交的，按通知办理。"),
    }


def _pairs(facts: Iterable[ShownFact]) -> list[list[Any]]:
    """(label, value, takes the whole row) of the facts; long ones, the first, and whoever would stand alone take a row."""
    pairs = [
        [_text(fact.label), "\n".join(_text(line) for line in fact.lines), fact.is_long or index == 0]
        for index, fact in enumerate(facts)
    ]
    is_second = False
    for pair, following in zip_longest(pairs, pairs[1:]):
        alone = not is_second and (following is None or following[2])
        pair[2] = pair[2] or alone
        is_second = not pair[2] and not is_second
    return pairs


def _author_heads(rules: CategoryRules) -> list[str]:
    heads = ["", _("姓名"), _("性别"), _("民族"), _("出生年月")]
    heads += [_("单位"), _("职务/职称")] if rules.applicant_kind == "teacher" else [_("学校"), _("年级班级")]
    return heads + ([_("比例"), _("分工")] if rules.authors.maximum > 1 else [])


def _author(one: ShownPerson, rules: CategoryRules, is_team: bool) -> list[str]:
    first = _("作者") if not is_team else _("第一作者") if one.is_first else _("署名作者")
    cells = [first, one.name, one.sex, one.ethnic_group, one.birth_month, one.school]
    cells.append(one.position if rules.applicant_kind == "teacher" else f"{_text(one.grade)} {one.class_name}".strip())
    return cells + ([one.share, one.duty] if rules.authors.maximum > 1 else [])


def _text(line: Line) -> str:
    return line if isinstance(line, str) else translate(line)
