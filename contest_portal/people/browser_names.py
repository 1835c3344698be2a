"""What a browser calls itself, in words that its user knows. Pure."""

from __future__ import annotations

_BROWSERS = (
    ("MicroMessenger", "微信"), ("QQBrowser", "QQ 浏览器"), ("UCBrowser", "UC 浏览器"), ("Edg", "Edge"), ("Firefox", "Firefox"),
    ("OPR", "Opera"), ("Chrome", "Chrome"), ("Safari", "Safari"),
)  # fmt: skip
_SYSTEMS = (
    ("Android", "Android"), ("HarmonyOS", "HarmonyOS"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"),
    ("Mac OS X", "macOS"), ("Linux", "Linux"),
)  # fmt: skip


def browser_name(user_agent: str) -> str:
    """`Chrome · Windows`; an empty text for what nobody knows."""
    found = (next((word for mark, word in table if mark in user_agent), "") for table in (_BROWSERS, _SYSTEMS))
    return " · ".join(word for word in found if word)
