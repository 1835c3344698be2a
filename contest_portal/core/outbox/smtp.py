"""Mail by SMTP: one connection for a run, each message handed over in steps, so that it is known when it was taken.

Before the server has said "go on" to DATA nothing was taken; after it, only its answer says so (RFC 5321, 4.2.5, 6.1).
"""

from __future__ import annotations

import hashlib
import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP as WIRE
from email.utils import formataddr, parseaddr
from urllib.parse import parse_qs, unquote, urlsplit

from contest_portal.core.clock import local, now
from contest_portal.core.outbox.channels import TIMEOUT_SECONDS, NotSent, Outgoing, Unsure, has_host
from contest_portal.core.text import N_, Message
from contest_portal.settings import Settings


@dataclass(frozen=True)
class Server:
    """`smtps://user:password@host:465`, or `smtp://…:587`, which must offer STARTTLS unless `?tls=none` is added."""

    host: str
    port: int
    user: str
    password: str
    is_tls_at_once: bool
    is_plain: bool

    @classmethod
    def from_url(cls, url: str) -> Server:
        """Raises ValueError for anything else."""
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not has_host(url, parts):
            raise ValueError(
                "CONTEST_PORTAL_SMTP_URL: expected smtp://user:password@host:587, smtps:// or file:///folder"
            )
        at_once = parts.scheme == "smtps"
        is_plain = parse_qs(parts.query).get("tls") == ["none"]
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return cls(parts.hostname or "", parts.port or (465 if at_once else 587), user, password, at_once, is_plain)


class Smtp:
    """A mail server, connected to when the first message comes."""

    def __init__(self, server: Server, sender: str) -> None:
        self._server = server
        self._name, self._sender = parseaddr(sender)
        if "@" not in self._sender or not self._sender.isascii():
            raise ValueError("CONTEST_PORTAL_MAIL_FROM: expected an address, as 科协 <contest@example.org>")
        self._connection: smtplib.SMTP | None = None

    @classmethod
    def from_settings(cls, settings: Settings) -> Smtp:
        return cls(Server.from_url(settings.smtp_url), settings.mail_from)

    def send(self, message: Outgoing) -> None:
        """Hand one mail over. Raises NotSent, Unsure."""
        content = self._letter(message).as_bytes(policy=WIRE)
        connection = self._connected()
        try:
            self._require(connection.mail(self._sender))
            self._require(connection.rcpt(message.address))
        except (smtplib.SMTPException, OSError) as failure:
            self.close()
            raise NotSent(_lost(failure)) from failure
        try:
            answer = connection.data(content)
        except smtplib.SMTPDataError as refusal:  # it did not even say "go on"
            raise self._refused(refusal.smtp_code, _bytes(refusal.smtp_error)) from refusal
        except (smtplib.SMTPException, OSError) as failure:
            self.close()
            raise Unsure(Message.of(N_("邮件已交给服务器，但没有收到答复，不能确定是否已发出。"))) from failure
        self._require(answer)

    def close(self) -> None:
        """Take leave; a server that is gone already is left alone."""
        if self._connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._connection.quit()
        self._connection = None

    def _connected(self) -> smtplib.SMTP:
        if self._connection is None:
            try:
                self._connection = self._open()
            except smtplib.SMTPAuthenticationError as refusal:
                words = N_("邮件服务器不接受用户名或密码（%(code)s），请管理员检查设置。")
                raise NotSent(Message.of(words, code=refusal.smtp_code), is_down=True) from refusal
            except (smtplib.SMTPException, OSError) as failure:
                raise NotSent(_lost(failure), is_down=True) from failure
        return self._connection

    def _open(self) -> smtplib.SMTP:
        one = self._server
        if one.is_tls_at_once:
            context = ssl.create_default_context()
            opened: smtplib.SMTP = smtplib.SMTP_SSL(one.host, one.port, timeout=TIMEOUT_SECONDS, context=context)
        else:
            opened = smtplib.SMTP(one.host, one.port, timeout=TIMEOUT_SECONDS)
        try:
            if not one.is_tls_at_once and not one.is_plain:
                opened.starttls(context=ssl.create_default_context())
            opened.ehlo_or_helo_if_needed()
            if one.user:
                opened.login(one.user, one.password)
        except (smtplib.SMTPException, OSError):
            opened.close()
            raise
        return opened

    def _require(self, answer: tuple[int, bytes]) -> None:
        if not 200 <= answer[0] < 300:
            raise self._refused(*answer)

    def _refused(self, code: int, words: bytes) -> NotSent:
        """4xx may pass, 5xx will not. The connection can be used on."""
        if self._connection is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._connection.rset()
        said = words.decode("utf-8", "replace")[:200]
        reason = Message.of(N_("邮件服务器拒收（%(code)s）：%(said)s"), code=code, said=said)
        return NotSent(reason, may_pass=code < 500)

    def _letter(self, message: Outgoing) -> EmailMessage:
        letter = EmailMessage()
        letter["From"] = formataddr((self._name, self._sender))
        letter["To"] = message.address
        letter["Subject"] = " ".join(message.subject.split())  # one line, whatever a name or a title brought along
        letter["Date"] = local(now())
        # The same in every attempt: many mail systems drop a second one.
        letter["Message-ID"] = f"<{hashlib.sha256(message.key.encode()).hexdigest()[:32]}@{self._sender.split('@')[1]}>"
        letter["Auto-Submitted"] = "auto-generated"
        letter.set_content(message.text, cte="base64")
        return letter


def _lost(failure: Exception) -> Message:
    return Message.of(N_("连不上邮件服务器：%(what)s。"), what=f"{type(failure).__name__} {failure}"[:200])


def _bytes(words: bytes | str) -> bytes:
    return words.encode() if isinstance(words, str) else words
