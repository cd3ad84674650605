"""Steps of a `Filter` on pixels.

Each gives the same for a pixel whatever is around it that it doesn't reach: a part of a frame that is drawn
anew fits in.
"""
