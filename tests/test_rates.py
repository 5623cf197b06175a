"""Seconds of work are limited for each client."""

import pytest

from xingtu.server.errors import RateExceeded
from xingtu.server.operation.rates import Rates


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def wait_of(rates: Rates, client: str) -> int | None:
    """Give the seconds that a client is told to wait; None if it is admitted."""
    try:
        rates.admit(client)
    except RateExceeded as error:
        assert f"try again in {error.retry_after} seconds" in str(error)
        return error.retry_after
    return None


def test_a_client_may_use_up_its_minute_and_then_waits(clock: Clock) -> None:
    rates = Rates(60, clock=clock)
    for _ in range(5):
        assert wait_of(rates, "a") is None
        rates.charge("a", 12)
    assert wait_of(rates, "a") == 1
    clock.now += 1
    assert wait_of(rates, "a") is None


def test_debt_is_waited_for_at_the_rate_it_is_paid(clock: Clock) -> None:
    rates = Rates(30, clock=clock)
    rates.charge("a", 40)  # 10 more than there was
    assert wait_of(rates, "a") == 20
    clock.now += 19
    assert wait_of(rates, "a") == 1
    clock.now += 1.1
    assert wait_of(rates, "a") is None


def test_savings_end_at_a_minute(clock: Clock) -> None:
    rates = Rates(60, clock=clock)
    rates.charge("a", 1)
    clock.now += 3600
    rates.charge("a", 61)
    assert wait_of(rates, "a") is not None


def test_one_client_does_not_pay_for_another(clock: Clock) -> None:
    rates = Rates(60, clock=clock)
    rates.charge("203.0.113.5", 100)
    assert wait_of(rates, "203.0.113.6") is None


def test_a_network_of_ipv6_is_one_client(clock: Clock) -> None:
    rates = Rates(60, clock=clock)
    rates.charge("2001:db8::1", 100)
    assert wait_of(rates, "2001:db8::2") == 40
    assert wait_of(rates, "2001:db8:0:1::2") is None


def test_without_a_limit_nobody_waits(clock: Clock) -> None:
    rates = Rates(0, clock=clock)
    rates.charge("a", 1e9)
    assert wait_of(rates, "a") is None


def test_of_many_clients_those_charged_last_are_remembered(clock: Clock) -> None:
    rates = Rates(60, clients=2, clock=clock)
    for client in ("a", "b", "a", "c"):
        rates.charge(client, 100)
    assert wait_of(rates, "a") is not None
    assert wait_of(rates, "c") is not None
    assert wait_of(rates, "b") is None  # forgotten
