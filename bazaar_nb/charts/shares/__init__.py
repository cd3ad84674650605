"""Parts of a whole: donuts and waffles."""
