"""Forms of one slot and of one extra field."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import (
    BooleanField,
    DecimalField,
    IntegerField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.validators import NumberRange, Optional

from contest_portal.contests.forms.rules import RulesForm, lines, whole
from contest_portal.contests.forms.validators import at_most, between, required
from contest_portal.contests.rule_texts import FIELD_KIND_NAMES, offered_kinds
from contest_portal.contests.rules import Aspect, CategoryRules, ExtraField, SlotRules

MEGABYTE = 1024 * 1024
_MOST = 1_000_000_000_000
_A_NUMBER = NumberRange(-_MOST, _MOST, _l("请填写绝对值不超过一万亿的数"))
REQUIRED, OPTIONAL = "required", "optional"


class SlotForm(RulesForm):
    """A slot: what files it takes."""

    beside = {"required_when": "need", "max_bytes": "max_megabytes", "max_pixels": "max_megapixels"}

    label = StringField(_l("材料名称"), [required(), at_most(60)])
    hint = TextAreaField(_l("提示"), [at_most(300)], description=_l("教师上传时看到的说明"), render_kw={"rows": 2})
    need = SelectField(_l("是否必交"), choices=[])
    judges_see = BooleanField(_l("评委可以看到"), description=_l("申报书等写有姓名、学校的材料不要勾选"))
    kinds = SelectMultipleField(_l("可交的格式"), choices=[], description=_l("按文件内容判断，与文件名无关"))
    max_megabytes = DecimalField(
        _l("每个文件不超过"),
        [required(), NumberRange(Decimal("0.1"), 4096, _l("请填写 0.1 至 4096 之间的数"))],
        places=None,
    )
    max_files = IntegerField(_l("最多几个文件"), [required(), between(1, 100)])
    max_pages = IntegerField(_l("最多页数"), [Optional(), between(1, 10_000)])
    min_long_side_px = IntegerField(_l("长边至少"), [Optional(), between(1, 100_000)])
    min_sharpness = IntegerField(
        _l("清晰度至少"),
        [Optional(), between(1, 100)],
        description=_l("低于此数的照片仍可提交，但会提醒教师和审核人员，画面可能没有对准焦。满分 100，一般填 40"),
    )
    max_megapixels = DecimalField(
        _l("总像素不超过"),
        [Optional(), NumberRange(Decimal("0.1"), 10_000, _l("请填写 0.1 至 10000 之间的数"))],
        places=None,
    )
    aspect_width = DecimalField(
        _l("画面比例：宽"), [Optional(), NumberRange(0, 100_000, _l("请填写正数"))], places=None
    )
    aspect_height = DecimalField(
        _l("画面比例：高"), [Optional(), NumberRange(0, 100_000, _l("请填写正数"))], places=None
    )
    aspect_tolerance = DecimalField(
        _l("容许误差"),
        [Optional(), NumberRange(0, 100, _l("请填写 0 至 100 之间的数"))],
        description=_l("如 5，表示容许 5% 的偏差"),
        places=None,
    )
    aspect_either_way = BooleanField(_l("横竖都可以"))
    min_seconds = IntegerField(_l("时长至少"), [Optional(), between(1, 100_000)])
    max_seconds = IntegerField(_l("时长最多"), [Optional(), between(1, 100_000)])
    min_width_px = IntegerField(_l("画面宽度至少"), [Optional(), between(1, 100_000)])
    min_height_px = IntegerField(_l("画面高度至少"), [Optional(), between(1, 100_000)])
    video_codecs = SelectMultipleField(
        _l("视频编码"), choices=[("h264", "H.264"), ("hevc", "H.265")], description=_l("都不勾选表示不限")
    )
    audio_codecs = SelectMultipleField(
        _l("音频编码"), choices=[("aac", "AAC"), ("mp3", "MP3")], description=_l("都不勾选表示不限")
    )

    @classmethod
    def of(cls, slot: SlotRules | None, version: int) -> SlotForm:
        if slot is None:
            return cls(
                data={"max_megabytes": 20, "max_files": 1, "judges_see": True, "need": OPTIONAL, "version": version}
            )
        aspect = slot.aspect
        plain = {name: getattr(slot, name) for name in _PLAIN}
        return cls(
            data={
                **plain,
                "need": REQUIRED if slot.required else slot.required_when or OPTIONAL,
                "max_megabytes": _decimal(slot.max_bytes / MEGABYTE),
                "max_megapixels": _decimal(slot.max_pixels / 1e6) if slot.max_pixels else None,
                "aspect_width": _decimal(aspect.width) if aspect else None,
                "aspect_height": _decimal(aspect.height) if aspect else None,
                "aspect_tolerance": _decimal(aspect.tolerance * 100) if aspect else None,
                "aspect_either_way": aspect.either_way if aspect else True,
                "version": version,
            }
        )

    def offer(self, rules: CategoryRules, slot: SlotRules | None) -> None:
        """The kinds of file, and the yes/no fields that may call for the slot."""
        known = [code for code, *_rest in self.video_codecs.choices] + [
            code for code, *_rest in self.audio_codecs.choices
        ]
        for field, codes in (
            ((self.video_codecs, slot.video_codecs), (self.audio_codecs, slot.audio_codecs)) if slot else ()
        ):
            field.choices = [*field.choices, *((code, code) for code in codes if code not in known)]
        offered = dict(offered_kinds())
        first = [code for code in slot.kinds if code in offered] if slot else []
        self.kinds.choices = [(code, offered[code]) for code in dict.fromkeys([*first, *offered])]
        asked = [
            (one.code, _l("填报「%(label)s」为是时必交", label=one.label)) for one in rules.fields if one.kind == "bool"
        ]
        self.need.choices = [(REQUIRED, _l("必交")), (OPTIONAL, _l("选交")), *asked]

    def validate(self, extra_validators: Any = None) -> bool:
        right = bool(super().validate(extra_validators))
        if not self.kinds.data:
            self.kinds.errors = [*self.kinds.errors, _l("请至少选一种格式")]
            right = False
        if (self.aspect_width.data is None) != (self.aspect_height.data is None):
            empty = self.aspect_width if self.aspect_width.data is None else self.aspect_height
            empty.errors = [*empty.errors, _l("宽和高要一起填写，或都不填")]
            right = False
        return right

    def slot(self, code: str) -> SlotRules:
        """What was typed, as the slot of this code."""
        need, aspect = self.need.data, None
        if self.aspect_width.data is not None and self.aspect_height.data is not None:
            tolerance = self.aspect_tolerance.data
            aspect = Aspect(
                width=float(self.aspect_width.data),
                height=float(self.aspect_height.data),
                tolerance=round(float(5 if tolerance is None else tolerance) / 100, 6),
                either_way=self.aspect_either_way.data,
            )
        megapixels = self.max_megapixels.data
        return SlotRules(
            code=code,
            label=self.label.data.strip(),
            kinds=tuple(self.kinds.data),
            max_bytes=round(self.max_megabytes.data * MEGABYTE),
            required=need == REQUIRED,
            required_when=None if need in {REQUIRED, OPTIONAL} else need,
            max_files=self.max_files.data,
            min_long_side_px=self.min_long_side_px.data,
            min_sharpness=self.min_sharpness.data,
            max_pixels=round(megapixels * 1_000_000) if megapixels is not None else None,
            aspect=aspect,
            min_seconds=self.min_seconds.data,
            max_seconds=self.max_seconds.data,
            min_width_px=self.min_width_px.data,
            min_height_px=self.min_height_px.data,
            video_codecs=tuple(self.video_codecs.data or ()),
            audio_codecs=tuple(self.audio_codecs.data or ()),
            max_pages=self.max_pages.data,
            judges_see=self.judges_see.data,
            hint=self.hint.data.strip(),
        )


_PLAIN = (
    "label",
    "hint",
    "judges_see",
    "kinds",
    "max_files",
    "max_pages",
    "min_long_side_px",
    "min_sharpness",
    "min_seconds",
    "max_seconds",
    "min_width_px",
    "min_height_px",
    "video_codecs",
    "audio_codecs",
)


def _decimal(value: float) -> Decimal:
    """A number as it is shown in a field: without a tail of binary digits or zeros."""
    return Decimal(f"{value:.6f}".rstrip("0").rstrip("."))


class ExtraFieldForm(RulesForm):
    """A question of the category's form."""

    label = StringField(_l("名称"), [required(), at_most(60)])
    kind = SelectField(_l("类型"), choices=[(code, _l(name)) for code, name in FIELD_KIND_NAMES.items()])
    hint = TextAreaField(_l("提示"), [at_most(300)], render_kw={"rows": 2})
    required = BooleanField(_l("必填"))
    judges_see = BooleanField(_l("评委可以看到"))
    choices = TextAreaField(_l("选项"), description=_l("类型为单选时填写，一行一个"))
    max_length = IntegerField(_l("最多字数"), [Optional(), between(1, 100_000)], description=_l("类型为文字时使用"))
    minimum = DecimalField(_l("最小值"), [Optional(), _A_NUMBER], description=_l("类型为数字时使用"), places=None)
    maximum = DecimalField(_l("最大值"), [Optional(), _A_NUMBER], description=_l("类型为数字时使用"), places=None)
    not_before = SelectField(_l("不早于"), choices=[], description=_l("类型为日期时使用"))

    @classmethod
    def of(cls, field: ExtraField | None, version: int) -> ExtraFieldForm:
        if field is None:
            return cls(data={"kind": "text", "judges_see": True, "version": version})
        return cls(
            data={
                **{
                    name: getattr(field, name)
                    for name in ("label", "kind", "hint", "required", "judges_see", "max_length")
                },
                "choices": "\n".join(field.choices),
                "minimum": _decimal(field.minimum) if field.minimum is not None else None,
                "maximum": _decimal(field.maximum) if field.maximum is not None else None,
                "not_before": field.not_before or "",
                "version": version,
            }
        )

    def offer(self, rules: CategoryRules, field: ExtraField | None) -> None:
        """The other date fields that this date may not precede."""
        own = field.code if field else None
        dates = [(one.code, one.label) for one in rules.fields if one.kind == "date" and one.code != own]
        self.not_before.choices = [("", _l("不限")), *dates]

    def field(self, code: str) -> ExtraField:
        """What was typed, as the field of this code; what its kind does not use is left out."""
        kind = self.kind.data
        is_text, is_number = kind in {"text", "longtext"}, kind == "number"
        return ExtraField(
            code=code,
            label=self.label.data.strip(),
            kind=kind,
            required=self.required.data,
            choices=lines(self.choices.data) if kind == "choice" else (),
            max_length=self.max_length.data if is_text else None,
            minimum=whole(self.minimum.data) if is_number else None,
            maximum=whole(self.maximum.data) if is_number else None,
            not_before=(self.not_before.data or None) if kind == "date" else None,
            judges_see=self.judges_see.data,
            hint=self.hint.data.strip(),
        )
