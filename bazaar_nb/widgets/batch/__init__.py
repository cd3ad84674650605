"""How far a batch of films is, as a widget: counts, time left, what is finished, what went wrong."""
