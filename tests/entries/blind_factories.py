"""Submitted works whose words tell of whom they come, and the jobs that look for that."""

from __future__ import annotations

import io

from PIL import Image, ImageDraw
from sqlalchemy import select

from contest_portal.core.database import db
from contest_portal.core.jobs import HANDLERS
from contest_portal.core.models import Job
from contest_portal.core.pdf import render_pdf_source
from contest_portal.entries.models import Entry
from contest_portal.entries.queries.entry import entry_by_id
from contest_portal.entries.services.drafts import create_draft, save_draft
from contest_portal.entries.services.files import add_file
from contest_portal.entries.services.submission import submit_entry
from contest_portal.people.models import Student
from tests.entries.entry_factories import Place, make_project, painting_input, received

_PAGES = """#let data = json(bytes(sys.inputs.at("data")))
#set document(date: none)
#set page(width: 12cm, height: 16cm, margin: 1.5cm)
#for words in data.pages { page(words) }"""

NAMED = ("校园雨水回收装置", "感谢指导老师李志强，设计人张晓明，西关小学。")


def document(*pages: str) -> bytes:
    """A PDF with these words, a page each."""
    return render_pdf_source(_PAGES, {"pages": list(pages)})


def submit_report(place: Place, *pages: str, pupil: Student | None = None) -> Entry:
    """A submitted project of 张晓明, tutored by 李志强, with that report; not searched yet."""
    return submit_report_file(place, document(*(pages or NAMED)), pupil)


def submit_report_file(place: Place, content: bytes, pupil: Student | None = None) -> Entry:
    """The same with a PDF as it is."""
    entry = make_project(place, [pupil or place.pupil])
    old = next(file for file in entry_by_id(entry.id).files if file.slot_code == "report")
    db.session.delete(db.session.merge(old))
    db.session.commit()
    add_file(place.teacher, entry.id, "report", received(content, "研究报告.pdf"))
    return submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)


def signed_painting() -> bytes:
    """A white sheet with red at the lower right, where a name would be signed, and blue beside it."""
    image = Image.new("RGB", (3240, 2280), "white")
    draw = ImageDraw.Draw(image)
    draw.rectangle((2430, 1710, 3239, 2279), fill=(220, 20, 20))
    draw.rectangle((0, 0, 1000, 1000), fill=(20, 20, 220))
    out = io.BytesIO()
    image.save(out, "JPEG", quality=90)
    return out.getvalue()


def submit_signed_painting(place: Place) -> Entry:
    entry = create_draft(place.teacher, place.contest.id, place.category("KH").id, place.school.id)
    save_draft(place.teacher, entry.id, entry.version, painting_input(place.pupil, place.teacher_row))
    add_file(place.teacher, entry.id, "painting", received(signed_painting(), "画.jpg"))
    return submit_entry(place.teacher, entry.id, entry_by_id(entry.id).version)


def report_of(entry: Entry) -> int:
    """The blob of the report."""
    return next(file.blob_id for file in entry_by_id(entry.id).files if file.slot_code in {"report", "painting"})


def run_jobs(*kinds: str) -> None:
    """Do what waits of these kinds, also what that asks for."""
    while True:
        db.session.rollback()
        wanted = select(Job).where(Job.kind.in_(kinds), Job.state == "waiting").order_by(Job.id)
        job = db.session.scalar(wanted.limit(1))
        if job is None:
            return
        job_id, kind, payload = job.id, job.kind, job.payload
        HANDLERS[kind](payload)
        db.session.rollback()
        db.session.get_one(Job, job_id).state = "done"
        db.session.commit()


MASKING = ("entries.mask_file", "media.derive", "media.render")
