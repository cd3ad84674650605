"""Films with parameters: functions that check what they are given, show a form, and make compositions."""
