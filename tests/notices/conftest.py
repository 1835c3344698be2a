"""A site that sends mail and SMS to servers of this process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from contest_portal.core.outbox.channels import require_readable
from tests.entries.entry_factories import Place, make_place
from tests.notices import servers
from tests.notices.servers import MailServer, SmsProvider


@pytest.fixture
def mail_server() -> Iterator[MailServer]:
    with servers.mail_server() as server:
        yield server


@pytest.fixture
def sms_provider() -> Iterator[SmsProvider]:
    with servers.sms_provider() as provider:
        yield provider


def set_up(app: Flask, **values: Any) -> None:
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], public_url="https://contest.example.org", **values)
    require_readable(app.config["SETTINGS"])


@pytest.fixture
def mailing(app: Flask, mail_server: MailServer) -> MailServer:
    """The mail server of a site that sends mail."""
    set_up(app, smtp_url=mail_server.url, mail_from="甘州区科协 <contest@example.org>")
    return mail_server


@pytest.fixture
def texting(app: Flask, sms_provider: SmsProvider) -> SmsProvider:
    """The SMS provider of a site that sends SMS."""
    set_up(
        app,
        sms_url=sms_provider.url,
        sms_body='{"to": ["{phone}"], "content": {"words": "【科协】{text}"}, "id": "{key}"}',
        sms_header="Authorization: Bearer made-up",
    )
    return sms_provider


@pytest.fixture
def place(app: Flask) -> Place:
    return make_place()
