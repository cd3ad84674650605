"""The gallery of transitions: sheets of stills, and short films with the code that makes them.

``python -m tests.transitions.gallery stills`` draws the sheets that `test_gallery` compares with,
``python -m tests.transitions.gallery films FOLDER`` writes the films (`make gallery`). Names after
the command draw only these.
"""

from __future__ import annotations

from tests.code_gallery import CodeGallery
from tests.transitions.gallery_transitions import EXAMPLES, example, with_code

GALLERY = CodeGallery("transitions", EXAMPLES, example, with_code, frames=(30, 39, 47))
STILLS = GALLERY.stills
draw_sheet, stored_sheet = GALLERY.draw_sheet, GALLERY.stored_sheet

if __name__ == "__main__":
    GALLERY.main()
