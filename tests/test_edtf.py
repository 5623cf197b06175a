import pytest

from xingtu.triples.edtf import parse_edtf


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2025-05-29", "2025-05-29T00:00:00Z", "2025-05-29T23:59:59Z"),
        ("2024-04", "2024-04-01T00:00:00Z", "2024-04-30T23:59:59Z"),
        ("2024-02", "2024-02-01T00:00:00Z", "2024-02-29T23:59:59Z"),
        ("2028~", "2027-01-01T00:00:00Z", "2029-12-31T23:59:59Z"),
        ("2026-01~", "2025-12-01T00:00:00Z", "2026-02-28T23:59:59Z"),
        ("2026-03-01%", "2026-02-28T00:00:00Z", "2026-03-02T23:59:59Z"),
        ("2028/2031", "2028-01-01T00:00:00Z", "2031-12-31T23:59:59Z"),
        ("../2032", None, "2032-12-31T23:59:59Z"),
        ("2026-04/..", "2026-04-01T00:00:00Z", None),
        ("2026-10/2026-12", "2026-10-01T00:00:00Z", "2026-12-31T23:59:59Z"),
        ("205X", "2050-01-01T00:00:00Z", "2059-12-31T23:59:59Z"),
        ("199X/..", "1990-01-01T00:00:00Z", None),
    ],
)
def test_an_edtf_date_means_its_interval(text: str, earliest: str, latest: str) -> None:
    interval = parse_edtf(text)
    assert (interval.earliest, interval.latest) == (earliest, latest)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2025-13",
        "2025-02-30",
        "205X-01",
        "2031/2028",
        "../..",
        "2025-5",
        "2025?~",
        "/",
        "２０２８",
        "0000",
        "9999-12-31~",
        "0001~",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="."):
        parse_edtf(text)
