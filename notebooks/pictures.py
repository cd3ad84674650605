"""Make the pictures at the top of the notebooks: ``python notebooks/pictures.py [NAME …]``.

All of them, or some, as ``02_charts``. A notebook is kept without outputs, so that it stays small; code
hosts show the picture of what it makes. Each is run in a copy, and frames of its film are put side by
side.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

import nbformat
from run import Runner

HERE = Path(__file__).parent
SHEETS = {
    "01_quickstart": ("quickstart.webp", "film.contact_sheet(columns=4, rows=2, width=1280)"),
    "02_charts": ("charts.webp", "film.contact_sheet(columns=4, rows=2, width=1280)"),
    "03_media_and_sound": ("coast.webp", "film.contact_sheet(columns=4, rows=2, width=1280)"),
    "05_cluster_and_batch": (
        "batch.webp",
        "bz.Composition([number(*row) for row in cities.itertuples(index=False)], width=640, height=360)"
        ".contact_sheet(columns=4, rows=2, width=1280)",
    ),
    "06_words_and_mathematics": ("lesson.webp", "lesson.contact_sheet(columns=4, rows=2, width=1280)"),
    "07_export_jobs_and_sharing": ("bounce.webp", "film.contact_sheet(columns=4, rows=1, width=1280)"),
    "08_coming_from_elsewhere": ("people.webp", "film.contact_sheet(columns=4, rows=1, width=1280)"),
}


def make(name: str) -> Path:
    """Run a notebook, and keep its sheet; give the file."""
    file, code = SHEETS[name]
    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder) / "notebooks"
        shutil.copytree(HERE, room, ignore=shutil.ignore_patterns("bazaar", "*.executed.ipynb", "*.mp4"))
        path = room / f"{name}.ipynb"
        notebook = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        save = f'({code}).convert("RGB").save("sheet.webp", quality=82, method=6)'
        notebook.cells.append(nbformat.v4.new_code_cell(save))  # type: ignore[no-untyped-call]
        nbformat.write(notebook, path)  # type: ignore[no-untyped-call]
        Runner(path, sys.stdout).execute()
        shutil.move(room / "sheet.webp", HERE / "images" / file)
    return HERE / "images" / file


if __name__ == "__main__":
    if unknown := sorted(set(sys.argv[1:]) - set(SHEETS)):
        sys.exit(f"no picture is made of {', '.join(unknown)}; there are {', '.join(SHEETS)}")
    for each in sys.argv[1:] or SHEETS:
        print(make(each))
