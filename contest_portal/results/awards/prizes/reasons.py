"""Why a work gets its award or none, as sentences that a parent can be told. Pure: numbers in, messages out."""

from __future__ import annotations

from collections.abc import Sequence

from contest_portal.core.text import N_, Message


def decided(award: str, why: str) -> Message:
    """The committee decided; without an award: that it gets none."""
    if award:
        return Message.of(N_("评委会决定给予%(award)s：%(why)s"), award=award, why=why)
    return Message.of(N_("评委会决定不授奖：%(why)s"), why=why)


def ruled_out(why: str) -> Message:
    """It gets none, and not by the committee: its award was cancelled, or an objection was upheld."""
    return Message.of(N_("不授奖：%(why)s"), why=why)


def within_places(
    rank: int | None, award: str, places: int, missed: tuple[str, str] | None = None, unused: Sequence[str] = ()
) -> Message:
    """It has a place by its rank. `missed`: a higher level that had room, and the minimum that its score does not reach;
    `unused`: higher levels that have no place for anybody."""
    if missed is not None:
        words = N_("第 %(rank)s 名，得分低于%(missed)s的最低分 %(minimum)s 分，在%(award)s %(places)s 个名额之内。")
        return Message.of(words, rank=rank, award=award, places=places, missed=missed[0], minimum=missed[1])
    if unused:
        words = N_(
            "第 %(rank)s 名，%(unused)s没有名额（空缺，或按比例舍去小数后为 0），在%(award)s %(places)s 个名额之内。"
        )
        return Message.of(words, rank=rank, award=award, places=places, unused="、".join(unused))
    return Message.of(N_("第 %(rank)s 名，在%(award)s %(places)s 个名额之内。"), rank=rank, award=award, places=places)


def waits(rank: int | None, count: int, award: str, room: int) -> Message:
    """More works of its rank than places left."""
    words = N_("并列第 %(rank)s 名共 %(count)s 件，%(award)s还剩 %(room)s 个名额，等评委会决定。")
    return Message.of(words, rank=rank, count=count, award=award, room=room)


def below_minimum(rank: int | None, award: str, minimum: str, full: Sequence[str] = ()) -> Message:
    """There is room, which its score does not reach. `full`: levels whose places are all taken by ranks before it."""
    if full:
        words = N_(
            "第 %(rank)s 名，%(full)s的名额已由名次在前的作品取得；%(award)s还有名额，但得分低于最低分 %(minimum)s 分。"
        )
        return Message.of(words, rank=rank, award=award, minimum=minimum, full="、".join(full))
    words = N_("第 %(rank)s 名，得分低于%(award)s的最低分 %(minimum)s 分。")
    return Message.of(words, rank=rank, award=award, minimum=minimum)


def closed_before(rank: int | None, award: str, full: Sequence[str] = ()) -> Message:
    """There is room, yet a work of a better rank missed the level's minimum. `full`: levels whose places are all taken."""
    if full:
        words = N_(
            "第 %(rank)s 名，%(full)s的名额已由名次在前的作品取得；%(award)s因名次在前的作品低于最低分，到此为止。"
        )
        return Message.of(words, rank=rank, award=award, full="、".join(full))
    words = N_("第 %(rank)s 名，名次在前的作品得分低于%(award)s的最低分，%(award)s到此为止。")
    return Message.of(words, rank=rank, award=award)


def no_places_of_share(count: int, share: str, is_of_ranked: bool) -> Message:
    """The share of so few works is not one whole place."""
    words = (
        N_("可评奖的作品共 %(count)s 件，获奖比例为 %(share)s%%，获奖名额为 0。")
        if is_of_ranked
        else N_("本类别参评作品共 %(count)s 件，获奖比例为 %(share)s%%，获奖名额为 0。")
    )
    return Message.of(words, count=count, share=share)


def no_places_left(rank: int | None, places: int, empty: int) -> Message:
    """All places are taken before its rank; `empty` of the `places` stay unused."""
    if empty:
        words = N_("第 %(rank)s 名，获奖名额共 %(places)s 个，其中空缺 %(empty)s 个，按名次排到这里已没有名额。")
        return Message.of(words, rank=rank, places=places, empty=empty)
    words = N_("第 %(rank)s 名，获奖名额共 %(places)s 个，按名次排到这里已没有名额。")
    return Message.of(words, rank=rank, places=places)


def equal_decided(rank: int | None, lost: str) -> Message:
    """An equal got the place by decision."""
    words = N_("并列第 %(rank)s 名，%(lost)s的名额由评委会决定给了并列的其他作品。")
    return Message.of(words, rank=rank, lost=lost)


def equal_decided_lower(rank: int | None, lost: str, award: str) -> Message:
    """An equal got the place by decision; this one has the next level."""
    words = N_("并列第 %(rank)s 名，%(lost)s的名额由评委会决定给了并列的其他作品，本作品为%(award)s。")
    return Message.of(words, rank=rank, lost=lost, award=award)


def displaced(rank: int | None, lost: str) -> Message:
    """By rank it would have an award; a work behind it got the place by decision."""
    words = N_("第 %(rank)s 名，按名次本在%(lost)s之列；评委会决定把名额给予名次在后的作品，因此不获奖。")
    return Message.of(words, rank=rank, lost=lost)


def displaced_lower(rank: int | None, lost: str, award: str) -> Message:
    """By rank it would have a higher level; a work behind it got the place by decision."""
    words = N_("第 %(rank)s 名，按名次本在%(lost)s之列；评委会决定把名额给予名次在后的作品，因此为%(award)s。")
    return Message.of(words, rank=rank, lost=lost, award=award)
