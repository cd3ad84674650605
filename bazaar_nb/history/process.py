"""Which process ran a job, and whether it still lives."""

from __future__ import annotations

import datetime as dt

import psutil

_TOLERANCE = dt.timedelta(seconds=5)  # start times are counted from the boot, whose time moves with the clock


def process_started() -> dt.datetime:
    """Give the time at which this process started, in UTC."""
    return dt.datetime.fromtimestamp(psutil.Process().create_time(), dt.UTC)


def is_gone(pid: int, started: dt.datetime) -> bool:
    """Tell whether the process of this host that had this id and start time has ended."""
    try:
        process = psutil.Process(pid)
        born = dt.datetime.fromtimestamp(process.create_time(), dt.UTC)
        return abs(born - started) > _TOLERANCE or process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
    except psutil.AccessDenied:
        return False  # something of this id lives, and can't be looked at
