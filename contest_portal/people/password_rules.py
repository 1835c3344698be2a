"""Which passwords are refused. Pure.

Length, a list of passwords known from breaches, and whatever stands about their owner: no rules of composition (NIST SP
800-63B §5.1.1.2). The list is the one that zxcvbn carries, 30,000 passwords by frequency; those that are common in
Chinese offices and schools are added here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import pairwise

from contest_portal.core.text import N_, Message

FEWEST, MOST = 8, 128
OF_ONES_OWN = 5
"""So many characters are left when what is known of the owner is taken away."""
SHORTEST_WORD = 3
_YEAR = re.compile(r"(?:19|20)\d\d")
_COMMON_WORDS = """
    12345678 123456789 1234567890 0123456789 87654321 987654321 9876543210 11223344 12341234 12344321 123123123
    112233445566 147258369 159357456 321321321 456456456 741852963 789456123 99887766 password password1 password12
    password123 passw0rd p@ssw0rd p@ssword qwertyui qwertyuiop qwerty12 qwerty123 1q2w3e4r 1q2w3e4r5t 1qaz2wsx
    qazwsxedc zaq12wsx asdfghjk asdfghjkl zxcvbnm123 abcd1234 abc12345 abc123456 a1234567 a12345678 a123456789
    aa123456 aa12345678 aaa12345 abcdefgh abcdefg1 qq123456 qq123456789 woaini1314 woaini520 woaini123 iloveyou
    iloveyou1 5201314520 52013141 admin123 admin1234 admin123456 administrator root1234 welcome1 welcome123
    letmein1 sunshine princess football baseball superman trustno1 zhangsan lisi1234 xuexiao123 school123
    teacher123 laoshi123 kexie123 19491001 20080808 88888888 66668888 88886666
"""
_COMMON = frozenset(_COMMON_WORDS.split())


def password_problem(password: str, *, personal: Iterable[str] = ()) -> Message | None:
    """Why the password is refused, or None. `personal`: names, pinyin, user name, phone, school of its owner."""
    if len(password) < FEWEST:
        return Message.of(N_("密码至少 %(fewest)s 位。"), fewest=FEWEST)
    if len(password) > MOST:
        return Message.of(N_("密码最多 %(most)s 位。"), most=MOST)
    plain = unicodedata.normalize("NFKC", password).casefold()
    if _is_common(plain):
        return Message(N_("这个密码太常见，容易被猜到，请换一个。可以用几个不相关的词连在一起。"))
    if _is_personal(plain, personal):
        return Message(
            N_("密码不能只由姓名、用户名、手机号、学校名称（含拼音）和年份组成，知道您的人容易猜到。请换一个。")
        )
    return None


def _is_common(plain: str) -> bool:
    """Whether it is known from breaches, by itself or with a few digits or marks behind it, or is a run."""
    base = re.sub(r"[\W\d_]{1,4}$", "", plain)
    known = _known_from_breaches()
    return plain in _COMMON or plain in known or base in known or len(set(plain)) < 3 or _is_run(plain)


def _is_personal(plain: str, personal: Iterable[str]) -> bool:
    """Whether too little is left when the words about its owner and years are taken out."""
    left = _letters(plain)
    before = left
    words = {_letters(text.casefold()) for text in personal}
    for word in sorted(words, key=len, reverse=True):
        if len(word) >= (2 if not word.isascii() else SHORTEST_WORD):
            left = left.replace(word, "")
    left = _YEAR.sub("", left)
    return left != before and (len(left) < OF_ONES_OWN or _is_common(left))


def _letters(text: str) -> str:
    return "".join(character for character in text if character.isalnum())


def _is_run(text: str) -> bool:
    """Whether each character follows the one before: 23456789, hgfedcba."""
    steps = {ord(after) - ord(before) for before, after in pairwise(text)}
    return bool(re.fullmatch(r"[a-z0-9]+", text)) and (steps in ({1}, {-1}))


@cache
def _known_from_breaches() -> frozenset[str]:
    from zxcvbn.frequency_lists import FREQUENCY_LISTS  # 0.8 MB: only where a password is chosen

    return frozenset(FREQUENCY_LISTS["passwords"])
