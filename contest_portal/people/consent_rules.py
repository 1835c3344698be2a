"""What a guardian's consent must say. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from contest_portal.core.text import N_, Message

RELATIONS: tuple[str, ...] = (
    N_("父亲"),
    N_("母亲"),
    N_("祖父"),
    N_("祖母"),
    N_("外祖父"),
    N_("外祖母"),
    N_("其他监护人"),
)
"""How a guardian stands to a pupil, as forms offer it."""

SCAN_KINDS = {"pdf": "application/pdf", "jpg": "image/jpeg", "png": "image/png"}
"""What a scan may be: its extension and media type."""

SCAN_MAX_BYTES = 10 * 2**20


@dataclass(frozen=True, slots=True)
class ConsentInput:
    """One consent to be recorded. `scan` is the signed sheet as a file (PDF, JPG or PNG), empty for paper kept at school.
    `covers_showing`: the guardian also agreed that the pupil's work is shown to the public."""

    student_id: int
    guardian_name: str
    relation: str
    signed_on: date
    scan: bytes = b""
    scan_name: str = ""
    covers_showing: bool = False

    @property
    def form(self) -> str:
        return "scan" if self.scan else "paper"


def scan_kind(content: bytes) -> str | None:
    """pdf, jpg or png by the content's signature, else None."""
    if content.startswith(b"%PDF-"):
        return "pdf"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    return "png" if content.startswith(b"\x89PNG\r\n\x1a\n") else None


def day_problem(signed_on: date, today: date) -> Message | None:
    """What is wrong with the day of signing, or None."""
    if signed_on > today:
        return Message.of(N_("签署日期 %(day)s 在今天之后，请核对。"), day=signed_on.isoformat())
    if signed_on.year < today.year - 10:
        return Message.of(N_("签署日期 %(day)s 太早，请核对。"), day=signed_on.isoformat())
    return None


def relation_problem(relation: str) -> Message | None:
    """What is wrong with the relation, or None."""
    return None if relation in RELATIONS else Message(N_("请选择监护人与学生的关系。"))


def scan_problem(content: bytes) -> Message | None:
    """What is wrong with a scan, or None. No scan is no problem."""
    if not content:
        return None
    if len(content) > SCAN_MAX_BYTES:
        return Message.of(N_("扫描件超过 %(limit)s MB，请压缩或降低分辨率后重新上传。"), limit=SCAN_MAX_BYTES // 2**20)
    if scan_kind(content) is None:
        return Message(N_("扫描件应为 PDF、JPG 或 PNG 文件，请重新选择。"))
    return None
