"""Motion: functions of a number, without state."""
