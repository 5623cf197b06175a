"""Who a client is: the address that sent its request, seen through the proxies we trust."""

from collections.abc import Callable, Mapping, Sequence
from ipaddress import IPv6Address, ip_address
from typing import Any

from xingtu.server.operation.values import Network


def client_of(proxies: Sequence[Network]) -> Callable[[Mapping[str, Any]], str]:
    """Make a function that tells the address of the client of an ASGI scope.

    Args:
        proxies: The networks of those whose X-Forwarded-For is believed.

    Returns:
        A function that gives the address of the peer, or, if that is a proxy, the last address of
        X-Forwarded-For that is no proxy: what stands before it, the client may have written.
    """

    def find(scope: Mapping[str, Any]) -> str:
        peer: str = (scope.get("client") or ("",))[0]
        if not is_within(peer, proxies):
            return peer
        values = [value for name, value in scope["headers"] if name == b"x-forwarded-for"]
        hops = b",".join(values).decode("latin-1").split(",")
        for hop in reversed(hops):
            address = _plain(hop.strip())
            if address is None:
                break
            peer = address
            if not is_within(peer, proxies):
                break
        return peer

    return find


def is_within(address: str, networks: Sequence[Network]) -> bool:
    """Tell whether an address is in one of the networks; what is no address is in none."""
    if not networks:
        return False
    plain = _plain(address)
    return plain is not None and any(ip_address(plain) in network for network in networks)


def household_of(address: str) -> str:
    """Name what one client can have: an IPv4 address, or a /64 of IPv6, as that is given out whole.

    Args:
        address: An address; anything else stands for itself.
    """
    if ":" not in address:
        return address
    plain = _plain(address)
    if plain is None or ":" not in plain:
        return plain or address
    return str(IPv6Address(int(IPv6Address(plain)) >> 64 << 64)) + "/64"


def _plain(text: str) -> str | None:
    """Write an address the one way it is written; IPv4 in IPv6 as IPv4; None if it is none."""
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)
