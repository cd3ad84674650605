"""Sound as data for scenes (levels, bands, beats, loudness), and as components (waveforms, spectra)."""
