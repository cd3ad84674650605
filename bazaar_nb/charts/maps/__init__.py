"""Maps: projections, outlines, choropleths and points."""
