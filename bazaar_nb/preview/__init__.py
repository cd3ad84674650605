"""What players show: small segments, stills and sound, made when somebody looks."""
