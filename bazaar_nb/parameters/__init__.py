"""Parameters of functions: what each takes, and what is wrong with a value. Knows nothing of films."""
