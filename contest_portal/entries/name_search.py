"""Names of authors, tutors, school and place in a work's words: what a judge of a blind round must not read. Pure.

Letters are compared folded: one width, simplified characters, small letters, no tones, whatever signs stand between. What is
found is `certain`, or possible where the same letters may mean something else: a name of two letters within other words
(王明 in 由王明天), a surname with 老师, a place's short name, pinyin as it is written of other names too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from contest_portal.core.radicals import AS_CHARACTERS
from contest_portal.entries.name_forms import HAN, NameForm, Role, Wanted, forms_of, is_english
from contest_portal.entries.name_short_forms import COMMON_SURNAMES, short_forms_of

if TYPE_CHECKING:
    from opencc import OpenCC

VERSION = 2
"""Of what is found: raised with every change of the search, so that works are searched again."""
MOST_HITS_A_NAME = 40
_CUES_BEFORE = (
    "作者", "姓名", "名字", "学生", "同学", "队员", "组员", "组长", "成员", "老师", "教师", "导师", "指导", "辅导",
    "制作", "设计", "绘画", "叫", "由", "是", "我", "和", "与", "及", "为", "级", "班",
)  # fmt: skip
_CUES_AFTER = (
    "老师", "教师", "同学", "小朋友", "学生", "作者", "制作", "设计", "绘", "画", "著", "和", "与", "及", "的", "在", "是",
    "同", "等",
)  # fmt: skip
_STRONG_BEFORE = ("作者", "姓名", "名字", "学生", "同学", "队员", "组员", "组长", "成员", "老师", "教师", "导师")
_STRONG_AFTER = ("老师", "教师", "同学", "小朋友")
_ORDER: dict[Role, int] = {"author": 0, "tutor": 1, "group": 2, "school": 3, "place": 4}
_SENTENCE_SIGNS = re.compile(r"[。，、；：！？,;:!?…“”\"()（）《》]")


@dataclass(frozen=True)
class NameHit:
    """Where a name stands: the text's index (a page's, counted from 0), its letters from `begin` to before `end`."""

    place: int
    begin: int
    end: int
    name: str
    role: Role
    certain: bool


@dataclass(frozen=True)
class Folded:
    """A text made comparable; `at[i]` is where its letter i stands in the text as written."""

    letters: str
    at: Sequence[int]


def find_names(texts: Sequence[str], wanted: Iterable[Wanted]) -> list[NameHit]:
    """All places of the names in the texts: certain ones first, then by place. One within a longer one is left out."""
    names = [(one, _forms(fold(one.name).letters, one.role)) for one in wanted]
    found: list[NameHit] = []
    for place, text in enumerate(texts):
        folded = fold(text)
        hits = [hit for one, forms in names for hit in _hits(place, text, folded, one, forms)]
        found += _longest(hits)
    return sorted(found, key=lambda hit: (not hit.certain, hit.place, hit.begin, _ORDER[hit.role]))


def _forms(folded: str, role: Role) -> tuple[NameForm, ...]:
    return (*forms_of(folded, role), *short_forms_of(folded, role))


def fold(text: str) -> Folded:
    """The text in one width, simplified, small letters, without tones."""
    table = {ch: _folded(ch) for ch in set(text)}
    letters: list[str] = []
    at: list[int] = []
    for index, ch in enumerate(text):
        piece = table[ch]
        if len(piece) == 1:
            letters.append(piece)
            at.append(index)
        else:
            letters += piece
            at += [index] * len(piece)
    return Folded("".join(letters), at)


@lru_cache(maxsize=65536)
def _folded(ch: str) -> str:
    if ch in "üǖǘǚǜÜǕǗǙǛ":
        return "v"
    if ch in "\u200b\u200c\u200d\u2060\ufeff\u00ad":  # no width: nobody sees them
        return ""
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", ch)).lower()
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    plain = plain.translate(AS_CHARACTERS)
    if len(plain) == 1 and plain >= "\u3400":
        return _simplified(plain)
    return plain


def _simplified(ch: str) -> str:
    simple = _converter().convert(ch)
    return simple if len(simple) == 1 else ch


@lru_cache(maxsize=1)
def _converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")


def _hits(place: int, text: str, folded: Folded, wanted: Wanted, forms: Sequence[NameForm]) -> list[NameHit]:
    hits: list[NameHit] = []
    for form in forms:
        for match in form.pattern.finditer(folded.letters):
            begin, end = folded.at[match.start()], folded.at[match.end() - 1] + 1
            certain = _certainty(form, match, folded.letters, text[begin:end])
            if certain is None:
                continue
            hits.append(NameHit(place, begin, end, wanted.name, wanted.role, certain))
            if len(hits) >= MOST_HITS_A_NAME:
                return hits
    return hits


def _certainty(form: NameForm, match: re.Match[str], letters: str, written: str) -> bool | None:
    """True: it is the name; False: it may be; None: chance."""
    if form.rule in {"sure", "maybe"}:
        return form.rule == "sure"
    if form.rule == "pinyin":
        return _pinyin_certainty(form, match[0], written)
    if form.rule == "initials":
        return False if _are_capitals(written) else None
    before, after = letters[max(0, match.start() - 4) : match.start()], letters[match.end() : match.end() + 4]
    name = re.sub(r"[\W_]", "", match[0])
    if form.rule == "word":
        return None if _is_within_words(name, before, after) else False
    if form.rule in {"given", "address"}:
        is_chance = _is_word(name) or _breaks(name, before, after) > 0
        return None if is_chance or (form.rule == "given" and _is_anothers(before)) else False
    gap = "".join(re.findall(r"[\W_]", match[0]))
    if len(name) > 2:
        return _SENTENCE_SIGNS.search(gap) is None and not (_is_word(name) and not _has_strong_cue(before, after))
    return _certainty_of_two(name, gap, before, after)


def _certainty_of_two(name: str, gap: str, before: str, after: str) -> bool | None:
    strong = _has_strong_cue(before, after)
    free_before = not before or not _is_letter(before[-1]) or before.endswith(_CUES_BEFORE)
    free_after = not after or not _is_letter(after[0]) or after.startswith(_CUES_AFTER)
    if gap and _SENTENCE_SIGNS.search(gap):
        return False if free_before and free_after else None
    if gap:
        return True if strong and free_before and free_after else (False if free_before and free_after else None)
    if strong:
        return True
    broken = _breaks(name, before, after)
    if broken == 2:
        return None
    if _is_word(name):
        return False
    return broken == 0 and (free_before or free_after)


def _is_anothers(before: str) -> bool:
    """Whether a given name follows another surname: one that does not end a word (感谢)."""
    return before[-1:] in COMMON_SURNAMES and not _is_word(before[-2:])


def _are_capitals(written: str) -> bool:
    return all(word[0].isupper() for word in re.findall(r"[^\W\d_]+", written))


def _has_strong_cue(before: str, after: str) -> bool:
    return re.sub(r"[\W_]+$", "", before).endswith(_STRONG_BEFORE) or after.lstrip().startswith(_STRONG_AFTER)


def _is_within_words(name: str, before: str, after: str) -> bool:
    return _breaks(name, before, after) == 2


def _breaks(name: str, before: str, after: str) -> int:
    """On how many sides the name's outer letter belongs to a word with what stands beside it: 国王, 明白."""
    left = any(_is_word(before[-count:] + name[0]) for count in (1, 2, 3) if len(before) >= count)
    right = any(_is_word(name[-1] + after[:count]) for count in (1, 2, 3) if len(after) >= count)
    return left + right


def _is_word(letters: str) -> bool:
    return letters in _words()


@lru_cache(maxsize=1)
def _words() -> frozenset[str]:
    """Chinese words as pypinyin's dictionary of phrases has them, and some everyday ones that it leaves out since they
    sound as their letters do."""
    from pypinyin.phrases_dict import phrases_dict

    return frozenset(phrases_dict) | _EVERYDAY_WORDS


_EVERYDAY = """
国王 女王 帝王 大王 霸王 明白 明天 明年 明日 明确 明显 明亮 明明 明星 明月 明媚 文明 说明 证明 发明
光明 透明 表明 黎明 聪明 清明 分明 照明 高兴 高度 高山 高大 高楼 高速 提高 最高 升高 方法 方向 方便
方面 方案 地方 东方 前方 远方 张开 一张 纸张 紧张 扩张 主张 夸张 李子 行李 桃李 刘海 陈列 陈旧 黄色
黄河 黄金 黄土 金黄 白色 白天 白云 红色 火红 江河 江水 长江 石头 石油 岩石 马路 马上 马车 牛马 田野
农田 林木 森林 树林 园林 海洋 海水 海底 大海 山水 山河 平安 安全 安静 安装 和平 平面 平台 水平 公平
天空 天气 每天 今天 春天 成功 成长 成为 完成 组成 形成 生成 文化 文字 作文 语文 中文 英文 课文 建设
建筑 建立 创建 军队 空军 海军 将军 国家 国旗 中国 祖国 外国 强大 强烈 加强 增强 新鲜 新型 创新 全新
更新 重新 学习 学校 学生 科学 数学 大学 小学 中学 同学 思想 思考 意思 佳作 家园 雨水 雨天 下雨 雪花
雪山 云朵 云彩 花朵 花园 星球 星空 火星 月球 月亮 阳光 太阳 向阳 光线 时光 龙头 恐龙 健康 康复 小康
宁静 向往 方向 周围 一周 周末 周边 吴国 郑重 孙子 子孙 程序 过程 工程 课程 路程 里程 何时 如何 任何
任务 责任 信任 包括 面包 书包 包围 史料 历史 常常 非常 经常 正常 平常 于是 由于 关于 对于 关心 关键
相关 机关 高原 高温 成员 甘肃 甘甜 甘心 州县
一天 一心 春秋 小雪 大雪 雪天 雪莲 冰雪 秋天 夏天 冬天 秋月 春花 月光 晨光 晨曦 朝阳 彩虹 天地 天明 天亮 天使
天文 宇宙 天天 星星 亮亮 点点 静静 慢慢 梦想 希望 快乐 开心 安心 爱心 小心 美丽 美好 勇敢 智慧 自强 志向 文静
感谢 谢谢 小马 小熊 小白 小龙 小石 文学 文艺 文具 文博 博士 博物 语言 国语 诗歌 音乐 乐园 思路 思念 佳节 佳音 平凡 玉米 玉石 红花 红梅 金山 海浪
海燕 长城 绿洲 远航 启航 飞翔 高飞 东升 东风 清风 建国 国庆 爱国 知晓 晓得 河西 西湖 东湖 南山 北山 城关
"""
_EVERYDAY_WORDS = frozenset(_EVERYDAY.split())


def _is_letter(ch: str) -> bool:
    return re.match(f"[{HAN}a-z0-9]", ch) is not None


def _pinyin_certainty(form: NameForm, folded: str, written: str) -> bool | None:
    """Three syllables are a name; two may be another's, unless both parts begin with a capital or carry tones."""
    if form.syllables == 0:
        return None if is_english(folded) else False
    words = re.findall(r"[^\W\d_]+", written)
    has_capitals = len(words) > 1 and all(word[0].isupper() for word in words)
    has_tones = any(not ch.isascii() for word in words for ch in word) or any(ch.isdigit() for ch in written)
    if is_english(folded):
        return False if has_capitals or has_tones else None
    return form.syllables > 2 or has_capitals or has_tones


def _longest(hits: Sequence[NameHit]) -> list[NameHit]:
    """Without those that lie within a longer one, or say of the same letters what a certain one says."""
    kept: list[NameHit] = []
    for hit in sorted(hits, key=lambda one: (one.begin - one.end, not one.certain, _ORDER[one.role])):
        if not any(other.begin <= hit.begin and hit.end <= other.end for other in kept):
            kept.append(hit)
    return kept
