"""Figures of media for the monitoring: uploads that are on their way."""

from __future__ import annotations

from sqlalchemy import func, select

from contest_portal.core.database import db
from contest_portal.core.operating.figures import Labelled, figure
from contest_portal.media.models import Upload

STATES = ("receiving", "checking", "failed")


@figure("contest_portal_uploads", "Uploads that have neither ended nor been refused.", label="state")
def uploads() -> Labelled:
    counted = select(Upload.state, func.count()).where(Upload.state.in_(STATES)).group_by(Upload.state)
    return dict.fromkeys(STATES, 0.0) | {str(state): float(count) for state, count in db.session.execute(counted)}
