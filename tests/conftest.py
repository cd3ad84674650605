"""What all tests stand on."""

from __future__ import annotations

import signal

# A shell that starts the tests in the background has interrupts ignored, by them and by all that they start.
signal.signal(signal.SIGINT, signal.default_int_handler)
