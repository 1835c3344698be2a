"""Contests and categories as the pages of results need them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from contest_portal.contests.models import Category, Contest
from contest_portal.core.database import db
from contest_portal.core.errors import NotFound
from contest_portal.people.models import Account


def categories_of(contest_id: int) -> Sequence[Category]:
    """The contest's categories in order."""
    return db.session.scalars(
        select(Category).where(Category.contest_id == contest_id).order_by(Category.position)
    ).all()


def contest_with_categories(contest_id: int) -> Contest | None:
    """The contest with office and categories, or None."""
    return db.session.scalar(
        select(Contest)
        .where(Contest.id == contest_id)
        .options(joinedload(Contest.office), selectinload(Contest.categories), joinedload(Contest.feeds_into))
    )


def category_by_id(category_id: int) -> Category:
    """The category with its contest. Raises NotFound."""
    row = db.session.scalar(
        select(Category)
        .where(Category.id == category_id)
        .options(joinedload(Category.contest).joinedload(Contest.office))
    )
    if row is None:
        raise NotFound
    return row


def contest_by_id(contest_id: int) -> Contest:
    """The contest with its office and categories. Raises NotFound."""
    row = contest_with_categories(contest_id)
    if row is None:
        raise NotFound
    return row


def account_name(account_id: int | None) -> str:
    """The name of an account, or an empty text."""
    return (db.session.scalar(select(Account.name).where(Account.id == account_id)) or "") if account_id else ""
