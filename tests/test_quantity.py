import pytest

from xingtu.triples.quantity import Quantity, parse_quantity


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("1935 g", Quantity("1935", "1935", "exactly", "g")),
        ("exactly 9", Quantity("9", "9", "exactly", "1")),
        ("nearly 1400", Quantity("1400", "1400", "nearly", "1")),
        ("more than 86 %", Quantity("86", "86", "moreThan", "%")),
        ("about 15 a", Quantity("15", "15", "about", "a")),
        ("at least 2", Quantity("2", "2", "atLeast", "1")),
        ("80..90", Quantity("80", "90", "between", "1")),
        ("93.50 d", Quantity("93.5", "93.5", "exactly", "d")),
        ("93.0", Quantity("93", "93", "exactly", "1")),
    ],
)
def test_a_number_keeps_its_comparator_and_unit(text: str, quantity: Quantity) -> None:
    assert parse_quantity(text) == quantity


@pytest.mark.parametrize(
    "text",
    [
        "",
        "many",
        "roughly 5",
        "90..80",
        "5 light years",
        "1,400",
        "1e3",
        "５",
        "1_000",
        "007",
        "9007199254740993..9007199254740992",
    ],
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="."):
        parse_quantity(text)
