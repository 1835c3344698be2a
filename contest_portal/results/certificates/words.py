"""The words on screen for kinds and states of certificates."""

from __future__ import annotations

from contest_portal.core.i18n import translate
from contest_portal.core.text import N_

_KINDS = {"author": N_("作者证书"), "tutor": N_("辅导教师证书"), "school": N_("学校和优秀辅导员证书")}
_STATES = {"valid": N_("有效"), "revoked": N_("已撤销")}


def kind_name(kind: str) -> str:
    """What certificates of the kind are called."""
    return translate(_KINDS[kind])


def state_name(state: str) -> str:
    """What the state is called."""
    return translate(_STATES[state])
