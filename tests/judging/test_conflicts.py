"""Who must keep away from what, and the reason that is given."""

import itertools

from hypothesis import given
from hypothesis import strategies as st

from contest_portal.judging.conflicts import EntryTies, JudgeTies, conflicts_between

SCHOOLS = {1: "甘州区南街小学", 2: "张掖市第四中学", 3: "金安苑学校"}


def entry(number: int, *schools: int, **values: object) -> EntryTies:
    return EntryTies(number, {school: SCHOOLS[school] for school in schools}, **values)  # type: ignore[arg-type]


def test_every_authors_school_counts() -> None:
    found = conflicts_between([JudgeTies(9, schools=frozenset({2}))], [entry(1, 1), entry(2, 1, 2)])
    assert {pair: str(reason) for pair, reason in found.items()} == {(9, 2): "本校作品：张掖市第四中学"}


def test_an_employer_is_its_name_whatever_the_spaces_and_widths() -> None:
    found = conflicts_between([JudgeTies(9, employer="甘州区　南街小学 ")], [entry(1, 1), entry(2, 2)])
    assert list(found) == [(9, 1)]


def test_tutoring_is_found_by_person_phone_and_account() -> None:
    judges = [JudgeTies(1, person_keys=frozenset({"p"})), JudgeTies(2, phone_digest="d"), JudgeTies(3, account_id=5)]
    entries = [
        entry(1, 1, person_keys=frozenset({"p"})),
        entry(2, 1, phone_digests=frozenset({"d"})),
        entry(3, 1, entered_by=5),
    ]
    assert sorted(conflicts_between(judges, entries)) == [(1, 1), (2, 2), (3, 3)]


def test_declared_relations_carry_their_reason() -> None:
    judge = JudgeTies(
        9,
        declared_schools={2: "曾任教"},
        declared_students={7: "侄女"},
        declared_entries={3: "校外辅导", 99: "早先的作品"},
    )
    found = conflicts_between([judge], [entry(1, 2), entry(2, 1, students=frozenset({7})), entry(3, 1)])
    assert {pair: str(reason) for pair, reason in found.items()} == {
        (9, 1): "须回避的学校：张掖市第四中学（曾任教）",
        (9, 2): "须回避的学生（侄女）",
        (9, 3): "已声明回避（校外辅导）",
    }


@given(st.data())
def test_the_index_finds_what_looking_at_every_pair_finds(data: st.DataObject) -> None:
    numbers = st.frozensets(st.integers(1, 3))
    judges = [
        JudgeTies(i, schools=data.draw(numbers), person_keys=frozenset(map(str, data.draw(numbers)))) for i in range(3)
    ]
    entries = [entry(i, *data.draw(numbers), person_keys=frozenset(map(str, data.draw(numbers)))) for i in range(4)]
    expected = {
        (judge.id, one.id)
        for judge, one in itertools.product(judges, entries)
        if judge.schools & set(one.schools) or judge.person_keys & one.person_keys
    }
    assert set(conflicts_between(judges, entries)) == expected
