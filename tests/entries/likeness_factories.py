"""Pictures, reports and entries that are alike or not, for tests of likeness."""

from __future__ import annotations

import io
import itertools
import random
from datetime import date
from typing import Any

from PIL import Image, ImageDraw
from sqlalchemy import select, update

from contest_portal.core.clock import now
from contest_portal.core.database import db
from contest_portal.core.models import Job
from contest_portal.core.pdf import render_pdf_source
from contest_portal.entries.draft_input import AuthorInput, DraftInput
from contest_portal.entries.likeness_models import EntryContent, LikenessPair
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.services.drafts import create_draft, save_draft
from contest_portal.entries.services.files import add_file
from contest_portal.entries.services.likeness import look_for_likeness
from contest_portal.entries.services.submission import submit_entry
from contest_portal.media.models import Fingerprint
from contest_portal.people.models import School
from tests.entries.entry_factories import Place, jpeg, painting_input, pdf, received
from tests.factories import made, make_account, make_consent, make_student, make_teacher

_serial = itertools.count(1)

TEXT = (
    "校园雨水装置实验数据温度土壤植物记录观察方法结果分析设计材料过滤水质浓度时间变化我们发现说明比较小组老师测量容器阳光叶片"
    "生长速度因此但是首先其次最后增加减少明显影响原因问题改进结论过程每天三次平均误差仪器表格图像假设验证对照变量条件环境城市"
    "农田灌溉节约能源太阳电池传感控制程序自动成本推广"
)
WORDS = [TEXT[place : place + 2] for place in range(0, len(TEXT), 2)]


def prose(seed: int, letters: int) -> str:
    """Made-up Chinese text of about so many letters, another for each seed."""
    chance = random.Random(seed)
    text = ""
    while len(text) < letters:
        text += "".join(chance.choice(WORDS) for _ in range(chance.randrange(4, 9))) + chance.choice("，，。")
    return text


def report(text: str) -> bytes:
    """A PDF of that text on A4 pages."""
    source = (
        '#let data = json(bytes(sys.inputs.at("data")))\n#set page(paper: "a4")\n#set document(date: none)\n#data.text'
    )
    return render_pdf_source(source, {"text": text})


def painting(seed: int) -> Image.Image:
    """A made-up painting with much in it, another for each seed."""
    chance = random.Random(seed)
    image = Image.new("RGB", (1620, 1140), tuple(chance.randrange(120, 255) for _ in range(3)))
    pen = ImageDraw.Draw(image)
    for _ in range(90):
        x, y, size = chance.randrange(1620), chance.randrange(1140), chance.randrange(30, 260)
        colour = tuple(chance.randrange(256) for _ in range(3))
        shape = chance.choice([pen.ellipse, pen.rectangle])
        shape((x, y, x + size, y + size * chance.uniform(0.3, 1.2)), fill=colour, outline="black", width=4)
    return image


def cropped(image: Image.Image) -> Image.Image:
    """The same painting with a tenth cut off."""
    return image.crop((80, 60, 1540, 1080))


def as_jpeg(image: Image.Image, quality: int = 85) -> bytes:
    """A scan of it, large enough for the contest's rules; other bytes at each call."""
    out = io.BytesIO()
    image.resize((3024, 2128), Image.Resampling.BILINEAR).save(out, "JPEG", quality=quality, comment=str(next(_serial)))
    return out.getvalue()


def submit_painting(place: Place, picture: bytes, *, school: School | None = None, **values: Any) -> Entry:
    """A submitted painting of a new pupil."""
    school = school or place.school
    pupil = make_student(school, f"学生{next(_serial)}")
    make_consent(pupil)
    manager = make_account("school_manager", school=school)
    entry = create_draft(manager, place.contest.id, place.category("KH").id, school.id)
    values.setdefault("summary", prose(next(_serial) + 9_000, 40))
    save_draft(manager, entry.id, entry.version, painting_input(pupil, **values))
    add_file(manager, entry.id, "painting", received(picture, "画.jpg"))
    return submit_entry(manager, entry.id, entry_by_id(entry.id).version)


def submit_project(place: Place, text: str | bytes, *, school: School | None = None, **values: Any) -> Entry:
    """A submitted research project of a new pupil with that report."""
    school = school or place.school
    pupil = make_student(school, f"学生{next(_serial)}")
    make_consent(pupil)
    manager = make_account("school_manager", school=school)
    entry = create_draft(manager, place.contest.id, place.category("CG").id, school.id)
    draft = DraftInput(
        title=values.pop("title", f"第{next(_serial)}项研究"),
        summary=values.pop("summary", prose(next(_serial) + 9_000, 60)),
        discipline="技术",
        completed_on=date(2018, 2, 20),
        answers={"novelty_checked_on": "2018-02-01", "guidance": "指导选题。", "uses_wildlife": False},
        authors=[AuthorInput(student_id=pupil.id, is_first=True, share_percent=100, duty="设计与实验")],
        tutors=[make_teacher(school).id],
    )
    save_draft(manager, entry.id, entry.version, draft)
    content = report(text) if isinstance(text, str) else text
    for slot, name, file in (
        ("application", "申报书.pdf", pdf("申报书")),
        ("report", "研究报告.pdf", content),
        ("novelty", "查新报告.pdf", pdf("查新报告")),
    ):
        add_file(manager, entry.id, slot, received(file, name))
    return submit_entry(manager, entry.id, entry_by_id(entry.id).version)


def compare_waiting() -> None:
    """Do what submissions asked for, and not the previews that other jobs make."""
    db.session.rollback()
    waiting = select(Job).where(Job.kind == "entries.likeness", Job.state == "waiting").order_by(Job.id)
    for job in db.session.scalars(waiting).all():
        look_for_likeness(job.payload)
    db.session.execute(update(Job).where(Job.kind == "entries.likeness").values(state="done"))
    db.session.commit()


def made_pair(place: Place, one: Entry | None = None, other: Entry | None = None, **values: Any) -> LikenessPair:
    """A pair of two submitted paintings as if it had been found."""
    entries = [one or submitted_plain(place), other or submitted_plain(place)]
    contents = [
        made(
            EntryContent(
                entry_id=entry.id,
                office_id=entry.contest.office_id,
                kind="picture",
                fingerprint_id=made(Fingerprint(kind="picture", sha256=f"{next(_serial):064}", made_at=now())).id,
                blob_id=entry.files[0].blob_id,
                slot_code="painting",
                file_name="画.jpg",
                entry_version=1,
            )
        )
        for entry in entries
    ]
    row = {"kind": "picture", "score": 0.9, "estimate": "same", "details": {}, "found_at": now()} | values
    return made(
        LikenessPair(
            office_id=entries[0].contest.office_id,
            entry_a_id=entries[0].id,
            entry_b_id=entries[1].id,
            content_a_id=contents[0].id,
            content_b_id=contents[1].id,
            **row,
        )
    )


def submitted_plain(place: Place) -> Entry:
    """A submitted painting of one colour."""
    return submit_painting(place, jpeg())
