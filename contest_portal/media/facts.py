"""What is known about a file: plain values, decided by its content, whatever its name says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from enum import StrEnum
from typing import Any

from contest_portal.core.text import N_, Message


class Kind(StrEnum):
    """What a file is. The values are stable: they stand in the database and in the rules of contests."""

    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    HEIC = "heic"
    TIFF = "tiff"
    BMP = "bmp"
    GIF = "gif"
    SVG = "svg"
    HTML = "html"
    PDF = "pdf"
    MP4 = "mp4"
    MOV = "mov"
    AVI = "avi"
    MKV = "mkv"
    WMV = "wmv"
    DOCX = "docx"
    DOC = "doc"
    XLSX = "xlsx"
    XLS = "xls"
    PPTX = "pptx"
    ZIP = "zip"
    TEXT = "text"
    EMPTY = "empty"
    UNKNOWN = "unknown"


PICTURES = frozenset({Kind.JPEG, Kind.PNG, Kind.WEBP, Kind.HEIC, Kind.TIFF, Kind.BMP, Kind.GIF})
FILMS = frozenset({Kind.MP4, Kind.MOV, Kind.AVI, Kind.MKV, Kind.WMV})
SHOWN_INLINE = frozenset({Kind.JPEG, Kind.PNG, Kind.WEBP, Kind.GIF, Kind.PDF, Kind.MP4})

_EXTENSIONS: dict[Kind, tuple[str, ...]] = {
    Kind.JPEG: ("jpg", "jpeg", "jpe", "jfif"),
    Kind.PNG: ("png",),
    Kind.WEBP: ("webp",),
    Kind.HEIC: ("heic", "heif"),
    Kind.TIFF: ("tif", "tiff"),
    Kind.BMP: ("bmp", "dib"),
    Kind.GIF: ("gif",),
    Kind.SVG: ("svg",),
    Kind.HTML: ("html", "htm", "mht", "xhtml"),
    Kind.PDF: ("pdf",),
    Kind.MP4: ("mp4", "m4v", "3gp"),
    Kind.MOV: ("mov", "qt"),
    Kind.AVI: ("avi",),
    Kind.MKV: ("mkv", "webm"),
    Kind.WMV: ("wmv", "asf"),
    Kind.DOCX: ("docx", "docm"),
    Kind.DOC: ("doc", "wps"),
    Kind.XLSX: ("xlsx", "xlsm"),
    Kind.XLS: ("xls", "et"),
    Kind.PPTX: ("pptx",),
    Kind.ZIP: ("zip",),
    Kind.TEXT: ("txt", "csv", "md"),
}

_MEDIA_TYPES: dict[Kind, str] = {
    Kind.JPEG: "image/jpeg",
    Kind.PNG: "image/png",
    Kind.WEBP: "image/webp",
    Kind.HEIC: "image/heic",
    Kind.TIFF: "image/tiff",
    Kind.BMP: "image/bmp",
    Kind.GIF: "image/gif",
    Kind.PDF: "application/pdf",
    Kind.MP4: "video/mp4",
    Kind.MOV: "video/quicktime",
    Kind.AVI: "video/x-msvideo",
    Kind.MKV: "video/x-matroska",
    Kind.WMV: "video/x-ms-wmv",
    Kind.DOCX: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    Kind.DOC: "application/msword",
    Kind.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Kind.XLS: "application/vnd.ms-excel",
    Kind.PPTX: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    Kind.ZIP: "application/zip",
}


class Problem(StrEnum):
    """Why a file cannot be used, as a stable code; `problem_message` says it in words."""

    EMPTY = "empty"
    PICTURE_DAMAGED = "picture_damaged"
    TOO_MANY_PIXELS = "too_many_pixels"
    PDF_DAMAGED = "pdf_damaged"
    PDF_SCRIPT = "pdf_script"
    PDF_LIVE_FORM = "pdf_live_form"
    PDF_EMBEDDED = "pdf_embedded"
    ENCRYPTED = "encrypted"
    FILM_DAMAGED = "film_damaged"
    FILM_SHORTER = "film_shorter"
    FILM_TOO_LARGE = "film_too_large"
    FILM_WITHOUT_PICTURE = "film_without_picture"
    ARCHIVE_DAMAGED = "archive_damaged"
    TOOK_TOO_LONG = "took_too_long"
    TOOK_TOO_MUCH = "took_too_much"
    BROKE_THE_READER = "broke_the_reader"


_PROBLEMS: dict[Problem, str] = {
    Problem.EMPTY: N_("文件是空的，没有任何内容。请检查原文件后重新上传。"),
    Problem.PICTURE_DAMAGED: N_("图片已损坏或不完整，打不开。请用看图软件检查原文件，另存后重新上传。"),
    Problem.TOO_MANY_PIXELS: N_(
        "图片有 %(width)s×%(height)s 像素，超出系统能处理的 %(limit)s 万像素。请以 300 dpi 扫描，或缩小后重新上传。"
    ),
    Problem.PDF_DAMAGED: N_("PDF 文件已损坏或不完整，打不开。请重新导出或扫描后再上传。"),
    Problem.PDF_SCRIPT: N_(
        "PDF 文件里带有脚本或会自动执行的动作，为了安全不能收。请打印后扫描，或用“打印为 PDF”重新生成后再上传。"
    ),
    Problem.PDF_LIVE_FORM: N_(
        "PDF 文件是动态表单（XFA），多数看图和评审软件打不开。请用“打印为 PDF”重新生成后再上传。"
    ),
    Problem.PDF_EMBEDDED: N_(
        "PDF 文件里还夹带了附件、音频或视频，为了安全不能收。请去掉附件，或用“打印为 PDF”重新生成后再上传；附件请放到对应的材料项。"
    ),
    Problem.ENCRYPTED: N_("文件设有打开密码，无法审阅。请取消密码后重新上传。"),
    Problem.FILM_DAMAGED: N_("影片已损坏或不完整，无法播放。请重新导出后再上传。"),
    Problem.FILM_TOO_LARGE: N_(
        "影片的画面有 %(width)s×%(height)s 像素，超出系统能处理的 %(limit)s 万像素。请按 1920×1080 重新导出后再上传。"
    ),
    Problem.FILM_SHORTER: N_(
        "影片标明长 %(claimed)s，实际只有 %(real)s，可能没有拷完或没有导出完。请重新导出，从头到尾播放一遍，再上传。"
    ),
    Problem.FILM_WITHOUT_PICTURE: N_("文件里没有画面，只有声音或其他内容。请上传影片文件。"),
    Problem.ARCHIVE_DAMAGED: N_("文件已损坏或不完整，打不开。请重新保存后再上传。"),
    Problem.TOOK_TOO_LONG: N_("文件太复杂，系统在规定时间内没有读完。请简化或重新导出后再上传。"),
    Problem.TOOK_TOO_MUCH: N_("文件展开后太大，系统无法处理。请缩小后重新上传。"),
    Problem.BROKE_THE_READER: N_("文件内容异常，系统无法读取。请重新导出后再上传。"),
}

PIXELS_LIMIT = 80_000_000
FILM_PIXELS_LIMIT = 8192 * 4320


@dataclass(frozen=True)
class FileFacts:
    """What a file is and measures. None stands for what does not apply, or was not looked at.

    `width` and `height` are pixels as a person sees them, turned by the file's own orientation mark.
    `extension` is the name's, in lower case, without the dot. `sharpness` is 0 to 100 (see sharpness.py). `silent` is
    true of a film without sound, or with nothing to be heard in it; `claimed_seconds` is the length that a film states
    where less is there. `looked_into` is false where the signature alone was read, since the kind was not wanted.
    `damaged` means: could not be read to its end. Facts that were stored before a field was thought of lack it.
    """

    kind: Kind
    size_bytes: int
    extension: str = ""
    width: int | None = None
    height: int | None = None
    sharpness: int | None = None
    pages: int | None = None
    encrypted: bool = False
    duration_seconds: float | None = None
    claimed_seconds: float | None = None
    video_codec: str | None = None
    audio_codec: str | None = None
    frame_rate: float | None = None
    silent: bool = False
    looked_into: bool = False
    damaged: bool = False
    problem: Problem | None = None

    @property
    def usable(self) -> bool:
        return self.problem is None

    @property
    def long_side(self) -> int | None:
        return max(self.width, self.height) if self.width and self.height else None

    @property
    def media_type(self) -> str:
        return media_type(self.kind)

    def to_json(self) -> dict[str, Any]:
        """What is known, as JSON knows it; facts that are None or False are left out."""
        return {name: value for name, value in asdict(self).items() if value is not None and value is not False}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> FileFacts:
        """The facts again. Names unknown to this version are passed over."""
        known = {field.name for field in fields(cls)}
        given = {name: value for name, value in values.items() if name in known}
        given["kind"] = Kind(given["kind"])
        if given.get("problem"):
            given["problem"] = Problem(given["problem"])
        return cls(**given)


def kind_of_extension(extension: str) -> Kind | None:
    """The kind that a file name's extension promises; None for an extension not known here."""
    wanted = extension.lower().lstrip(".")
    return next((kind for kind, extensions in _EXTENSIONS.items() if wanted in extensions), None)


def extension_of(kind: Kind) -> str:
    """The usual extension of a kind, without the dot; empty for what has none."""
    return _EXTENSIONS.get(kind, ("",))[0]


def media_type(kind: Kind) -> str:
    """The type to serve content under. What could run in a browser (SVG, HTML) or is unknown goes as bytes."""
    return _MEDIA_TYPES.get(kind, "application/octet-stream")


def problem_message(facts: FileFacts) -> Message | None:
    """Why this file cannot be used and what to do, or None."""
    if facts.problem is None:
        return None
    if facts.problem in {Problem.TOO_MANY_PIXELS, Problem.FILM_TOO_LARGE}:
        most = PIXELS_LIMIT if facts.problem is Problem.TOO_MANY_PIXELS else FILM_PIXELS_LIMIT
        return Message.of(_PROBLEMS[facts.problem], width=facts.width, height=facts.height, limit=most // 10_000)
    if facts.problem is Problem.FILM_SHORTER:
        claimed, real = _length(facts.claimed_seconds), _length(facts.duration_seconds)
        return Message.of(_PROBLEMS[facts.problem], claimed=claimed, real=real)
    return Message.of(_PROBLEMS[facts.problem])


def _length(seconds: float | None) -> Message:
    minutes, rest = divmod(round(seconds or 0), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return Message.of(N_("%(hours)s 小时 %(minutes)s 分"), hours=hours, minutes=minutes)
    return Message.of(N_("%(minutes)s 分 %(seconds)s 秒"), minutes=minutes, seconds=rest)
