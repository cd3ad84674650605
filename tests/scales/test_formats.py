from decimal import Decimal

import pytest
from babel import Locale, numbers
from hypothesis import given
from hypothesis import strategies as st

import bazaar_nb as bz
from bazaar_nb.scales import DateFormat, NumberFormat

LOCALES = ["en", "de", "fr", "es", "pt_BR", "pl", "ru", "hi", "ja", "ar", "he", "sw", "en_IN", "lt"]
SIZES = st.one_of(
    st.floats(0, 1e15, allow_nan=False),
    st.floats(0, 2000, allow_nan=False).map(lambda value: round(value, 3)),
    st.integers(0, 10**15).map(float),
    st.builds(lambda lead, power: lead * 10.0**power, st.integers(1, 9999), st.integers(-3, 11)),
)


@given(SIZES, st.sampled_from(LOCALES), st.integers(0, 4))
def test_plain_numbers_read_as_babel_writes_them(value: float, locale: str, decimals: int) -> None:
    usual = Locale.parse(locale).decimal_formats[None].pattern
    pattern = usual.replace(".###", "." + "0" * decimals if decimals else "")
    assert NumberFormat(decimals=decimals, locale=locale)(value) == numbers.format_decimal(
        value, format=pattern, locale=locale
    )


@given(SIZES, st.sampled_from(LOCALES), st.integers(0, 3))
def test_percents_read_as_babel_writes_them(value: float, locale: str, decimals: int) -> None:
    usual = Locale.parse(locale).percent_formats[None].pattern
    pattern = usual.replace("##0", "##0" + ("." + "0" * decimals if decimals else ""))
    value = round(value % 1e9, 5)
    if value * 100 != float(Decimal(repr(value)) * 100):
        return  # the product of floats is another number
    assert NumberFormat("percent", decimals, locale)(value) == numbers.format_percent(
        value, format=pattern, locale=locale
    )


@given(SIZES.filter(lambda value: value >= 1000), st.sampled_from(LOCALES))
def test_compact_numbers_read_as_babel_writes_them(value: float, locale: str) -> None:
    written = NumberFormat("compact", locale=locale)(value)
    ways = {numbers.format_compact_decimal(value, locale=locale, fraction_digits=digits) for digits in (0, 1)}
    full = numbers.format_decimal(value, format="#,##0", locale=locale)
    assert written in ways or (written == full and Locale.parse(locale).language in ("de", "es", "ja"))


@given(SIZES, st.sampled_from(LOCALES), st.sampled_from(["EUR", "JPY", "USD", "KWD"]))
def test_money_reads_as_babel_writes_it(value: float, locale: str, currency: str) -> None:
    assert NumberFormat("currency", locale=locale, currency=currency)(value) == numbers.format_currency(
        value, currency, locale=locale
    )


@pytest.mark.parametrize(
    ("format", "value", "words"),
    [
        (NumberFormat(), -0.001, "\u22120.001"),
        (NumberFormat(decimals=2), -0.001, "0.00"),
        (NumberFormat(sign=True), 3, "+3"),
        (NumberFormat(sign=True), 0, "0"),
        (NumberFormat(prefix="~", suffix=" km"), -1234.56, "\u2212~1,234.56 km"),
        (NumberFormat(), float("nan"), "\u2013"),
        (NumberFormat(), float("-inf"), "\u2212\u221e"),
        (NumberFormat(), 1e-12, "1×10⁻¹²"),
        (NumberFormat("compact"), 999.96, "1K"),
        (NumberFormat("compact"), 999_999, "1M"),
        (NumberFormat("compact"), 9_960_000, "10M"),
        (NumberFormat("compact", decimals=1), 9_960_000, "10.0M"),
        (NumberFormat("compact"), 1e15, "1000T"),
        (NumberFormat("compact"), 3e21, "3×10²¹"),
        (NumberFormat("compact"), 9.9e15, "9900T"),
        (NumberFormat("compact", locale="de"), 12_345, "12.345"),
        (NumberFormat(locale="de_CH"), 1_234_567, "1'234'567"),  # Babel takes its own apostrophes for quotes
        (NumberFormat("compact", locale="pl"), 2_000_000, "2\xa0mln"),
    ],
)
def test_numbers_at_the_edges(format: NumberFormat, value: float, words: str) -> None:
    assert format(value).replace("’", "'") == words  # which one it is depends on Babel's version


@given(st.sampled_from([1, 2, 2.5, 5]), st.integers(-8, 14), st.sampled_from(["plain", "compact", "percent"]))
def test_ticks_of_an_axis_differ(part: float, power: int, style: str) -> None:
    step = part * 10.0**power
    words = [NumberFormat(style).for_step(step)(step * number) for number in range(7)]  # type: ignore[arg-type]
    assert len(set(words)) == 7


def test_numbers_that_change_keep_their_decimals() -> None:
    race = NumberFormat("compact").steady([3e6, 55e6, 1.41e9])
    assert [race(value) for value in (9.94e6, 9.96e6, 55e6, 1.4e9)] == ["9.9M", "10.0M", "55.0M", "1.40B"]
    assert NumberFormat().steady([3, 12, 180])(12.4) == "12"
    assert NumberFormat().steady([3.5, 12, 180])(12.04) == "12.0"
    assert NumberFormat("compact", decimals=0).steady([3e6, 9e6])(3.4e6) == "3M"


def test_wrong_formats_say_what_is_wanted() -> None:
    with pytest.raises(bz.InvalidValueError, match="style"):
        NumberFormat("roman")  # type: ignore[arg-type]
    with pytest.raises(bz.InvalidValueError, match=r"locale.*'xx_YY'"):
        NumberFormat(locale="xx_YY")
    with pytest.raises(bz.InvalidValueError, match="step"):
        NumberFormat(step=0)


def test_dates_are_written_in_a_locale() -> None:
    assert DateFormat("d MMM yyyy", "de")(19_000.75) == "8 Jan. 2022"
    assert DateFormat.for_span(0, 0.5)(0.25) == "06:00"
    assert DateFormat.for_span(0, 9000)(9000) == "1994"
