"""What computing, keeping and sending costs: a dated price list, to be replaced by one's own."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, NamedTuple

from bazaar_nb.errors import InvalidValueError

if TYPE_CHECKING:
    import pandas as pd

PRICES_AS_OF = "2026-03"
"""The month in which the defaults stood on the pages named in `PRICE_SOURCES`."""


class PriceSource(NamedTuple):
    """Where a default price is from.

    Attributes
    ----------
    what, unit : str
        In words.
    url : str
    """

    what: str
    unit: str
    url: str


_LAMBDA = "https://aws.amazon.com/lambda/pricing/"
_S3 = "https://aws.amazon.com/s3/pricing/"

PRICE_SOURCES = {
    "cpu_hour": PriceSource(
        "a virtual CPU at work: AWS Fargate, Linux on x86", "hour", "https://aws.amazon.com/fargate/pricing/"
    ),
    "machine_hour": PriceSource(
        "a virtual CPU of a machine that is rented whole: half an EC2 c7i.large, on demand",
        "hour",
        "https://aws.amazon.com/ec2/pricing/on-demand/",
    ),
    "function_gb_s": PriceSource("memory of a function while it runs: AWS Lambda on x86", "GB·s", _LAMBDA),
    "function_calls_million": PriceSource("calls of functions: AWS Lambda", "million", _LAMBDA),
    "gb_month": PriceSource("keeping data: S3 Standard", "GB·month", _S3),
    "egress_gb": PriceSource("sending data out to the internet: from S3 or EC2", "GB", _S3),
    "put_1000": PriceSource("requests that write: S3 Standard", "thousand", _S3),
    "get_1000": PriceSource("requests that read: S3 Standard", "thousand", _S3),
}
"""What each price is of, and the page it is from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """A price list: give your own, for machines that are yours zeros.

    The defaults are the list prices, before tax, discounts and free tiers, of
    one common cloud in one region (AWS, US East (N. Virginia), first tier, as
    published in March 2026), to have an order of magnitude. They are there to
    be replaced; `table` says which is from where.

    Attributes
    ----------
    cpu_hour : float
        One virtual CPU for an hour of work, without its memory.
    machine_hour : float
        One virtual CPU of a machine that is rented whole, for an hour, busy or not.
    function_gb_s : float
        A function's memory (GB of 2**30 bytes) for a second; on arm64 it is 0.0000133334.
    function_calls_million : float
        A million calls of functions.
    gb_month : float
        Keeping a GB (2**30 bytes) for a month (730 hours).
    egress_gb : float
        Sending a GB out to the internet.
    put_1000, get_1000 : float
        A thousand requests that write, and that read.
    currency : str
        What they are in.

    Raises
    ------
    InvalidValueError
        For a price that is no number, or less than nothing.

    Examples
    --------
    >>> import bazaar_nb as bz
    >>> table = bz.analysis.costs(prices=bz.analysis.Prices(cpu_hour=0.05, currency="EUR"))
    """

    cpu_hour: float = 0.04048
    machine_hour: float = 0.044625
    function_gb_s: float = 0.0000166667
    function_calls_million: float = 0.20
    gb_month: float = 0.023
    egress_gb: float = 0.09
    put_1000: float = 0.005
    get_1000: float = 0.0004
    currency: str = "USD"

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name == "currency":
                if not isinstance(value, str) or not value.strip():
                    raise InvalidValueError(f"`currency` must be text, got {value!r:.60} (Prices)")
            elif not _is_price(value):
                raise InvalidValueError(
                    f"`{field.name}` must be a price, 0 or more, got {value!r:.60} (Prices)"
                )

    def table(self) -> pd.DataFrame:
        """Give the list as a DataFrame: price, currency, what for, and where and when it is from."""
        import pandas as pd

        default = Prices()
        rows = []
        for name, source in PRICE_SOURCES.items():
            price = getattr(self, name)
            listed = price == getattr(default, name) and self.currency == default.currency
            rows.append({
                "price": price, "currency": self.currency, "unit": source.unit, "what": source.what,
                "as_of": PRICES_AS_OF if listed else "", "source": source.url if listed else "given",
            })  # fmt: skip
        return pd.DataFrame(rows, index=pd.Index(PRICE_SOURCES, name="name"))


def checked_prices(prices: object) -> Prices:
    """Give a price list; the default one for None."""
    if prices is None:
        return Prices()
    if not isinstance(prices, Prices):
        raise InvalidValueError(f"`prices` must be Prices(…), got {prices!r:.60}")
    return prices


def _is_price(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and value >= 0
