"""The networks that an address lies in: what is kept of it where it can never be taken out again, and who counts as one
visitor. Pure."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

IPV4_BITS, IPV6_BITS = 24, 48
"""What is left points to a provider's block or a town, to no household."""


CONNECTION_BITS = 64
"""An IPv6 connection is given at least so much, and its devices choose the rest anew as often as they like (RFC 4291,
RFC 8981): whoever has one connection has 2^64 addresses."""


def network_of(address: str) -> str:
    """203.0.113.0/24 for 203.0.113.9, 2001:db8:7::/48 for an IPv6 address; what is no address is left out."""
    found = _read(address)
    if found is None:
        return ""
    bits = IPV4_BITS if isinstance(found, IPv4Address) else IPV6_BITS
    return str(ip_network((found, bits), strict=False))


def connection_of(address: str) -> str:
    """Who counts as one visitor: 203.0.113.9 itself, 2001:db8:7:1::/64 for an IPv6 address; what is no address stays."""
    found = _read(address)
    if found is None or isinstance(found, IPv4Address):
        return address if found is None else str(found)
    return str(ip_network((found, CONNECTION_BITS), strict=False))


def _read(address: str) -> IPv4Address | IPv6Address | None:
    try:
        found = ip_address(address)
    except ValueError:
        return None
    return (isinstance(found, IPv6Address) and found.ipv4_mapped) or found
