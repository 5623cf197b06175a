"""Who a client is."""

from ipaddress import ip_network
from typing import Any

import pytest

from xingtu.server.operation.addresses import client_of, household_of, is_within

PROXIES = (ip_network("10.0.0.0/8"), ip_network("::1"))


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.5", [], "203.0.113.5"),
        ("203.0.113.5", ["198.51.100.1"], "203.0.113.5"),  # no proxy: what it says is not believed
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("::1", ["2001:db8::5"], "2001:db8::5"),
        ("10.0.0.1", ["198.51.100.1, 10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1", "10.0.0.2"], "198.51.100.1"),
        ("10.0.0.1", ["192.0.2.99, 198.51.100.1"], "198.51.100.1"),  # the first the client wrote
        ("10.0.0.1", ["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
        ("10.0.0.1", ["192.0.2.99, unknown, 10.0.0.2"], "10.0.0.2"),
        ("10.0.0.1", ["<script>"], "10.0.0.1"),
        ("10.0.0.1", ["fe80::1%<script>"], "fe80::1"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
    ],
)
def test_only_what_a_trusted_proxy_says_is_believed(
    peer: str, forwarded: list[str], client: str
) -> None:
    headers = [(b"x-forwarded-for", value.encode()) for value in forwarded]
    scope: dict[str, Any] = {"client": (peer, 1), "headers": headers}
    assert client_of(PROXIES)(scope) == client


def test_a_peer_without_an_address_has_an_empty_one() -> None:
    assert client_of(PROXIES)({"client": None, "headers": []}) == ""
    assert not is_within("", PROXIES)


@pytest.mark.parametrize(
    ("address", "household"),
    [
        ("203.0.113.5", "203.0.113.5"),
        ("::ffff:203.0.113.5", "203.0.113.5"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("un:known", "un:known"),
    ],
)
def test_a_household_has_one_ipv4_address_or_a_64_of_ipv6(address: str, household: str) -> None:
    assert household_of(address) == household
