"""The network that an address lies in: what is kept of an address where it can never be taken out again. Pure."""

from __future__ import annotations

from ipaddress import IPv4Address, ip_address, ip_network

IPV4_BITS, IPV6_BITS = 24, 48
"""What is left points to a provider's block or a town, to no household."""


def network_of(address: str) -> str:
    """203.0.113.0/24 for 203.0.113.9, 2001:db8:7::/48 for an IPv6 address; what is no address is left out."""
    try:
        found = ip_address(address)
    except ValueError:
        return ""
    if not isinstance(found, IPv4Address) and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    bits = IPV4_BITS if isinstance(found, IPv4Address) else IPV6_BITS
    return str(ip_network((found, bits), strict=False))
