"""The gallery of vectors: sheets of stills, and short films with the code that makes them.

``python -m tests.vectors.gallery stills`` draws the sheets that `test_gallery` compares with,
``python -m tests.vectors.gallery films FOLDER`` writes the films (`make gallery`). An example's names after
the command draw only these.
"""

from __future__ import annotations

from tests.code_gallery import CodeGallery
from tests.vectors.gallery_vectors import EXAMPLES, example, with_code

GALLERY = CodeGallery("vectors", EXAMPLES, example, with_code)
STILLS = GALLERY.stills
draw_sheet, stored_sheet = GALLERY.draw_sheet, GALLERY.stored_sheet

if __name__ == "__main__":
    GALLERY.main()
