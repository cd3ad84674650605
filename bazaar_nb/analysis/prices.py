"""What computing, keeping and sending costs."""

from __future__ import annotations

from dataclasses import dataclass, fields

from bazaar_nb.analysis.arguments import is_number
from bazaar_nb.errors import InvalidValueError


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """A price list: give your own, for machines that are yours zeros.

    The defaults are the list prices, before tax and discounts, of one common
    cloud in one region (AWS, US East, first tier, as published in March 2026),
    to have an order of magnitude. They are there to be replaced.

    Attributes
    ----------
    cpu_hour : float
        One virtual CPU for an hour of work. Default: AWS Fargate, Linux on x86,
        without its memory: https://aws.amazon.com/fargate/pricing/
    gb_month : float
        Keeping a GB (2**30 bytes) for a month (730 hours). Default: S3 Standard:
        https://aws.amazon.com/s3/pricing/
    egress_gb : float
        Sending a GB out to the internet. Default: from EC2 or S3, from the same page.
    put_1000, get_1000 : float
        A thousand requests that write, and that read. Default: S3 Standard, from the same page.
    currency : str
        What they are in.

    Raises
    ------
    InvalidValueError
        For a price that is no number, or less than nothing.
    """

    cpu_hour: float = 0.04048
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
            elif not is_number(value, 0):
                raise InvalidValueError(
                    f"`{field.name}` must be a price, 0 or more, got {value!r:.60} (Prices)"
                )
