"""The gallery of looks: sheets of stills, and short films with the code that makes them.

``python -m tests.looks.gallery stills`` draws the sheets that `test_gallery` compares with,
``python -m tests.looks.gallery films FOLDER`` writes the films (`make gallery`). An example's names after
the command draw only these.
"""

from __future__ import annotations

from tests.code_gallery import CodeGallery
from tests.looks.gallery_looks import EXAMPLES, example, with_code

GALLERY = CodeGallery("looks", EXAMPLES, example, with_code)
STILLS = GALLERY.stills
draw_sheet, stored_sheet = GALLERY.draw_sheet, GALLERY.stored_sheet

if __name__ == "__main__":
    GALLERY.main()
