"""The dashboard of a history: what became of all renders, to click on."""
