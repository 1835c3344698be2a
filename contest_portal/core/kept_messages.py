"""Sentences kept in records: source and values, so that they are read in the reader's language later. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from contest_portal.core.text import Message


def keep(message: Message) -> dict[str, Any]:
    """The message as JSON-able data, messages among its values included."""
    params = {
        name: {"message": keep(value)} if isinstance(value, Message) else value
        for name, value in message.params.items()
    }
    return {"source": message.source, "params": params}


def kept(data: Mapping[str, Any]) -> Message:
    """The message that `keep` gave."""
    params = {
        name: kept(value["message"]) if isinstance(value, dict) else value for name, value in data["params"].items()
    }
    return Message(data["source"], params)
