"""What pip can't install is named where it is missing."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent / "system-packages.sh"


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux has system packages")
@pytest.mark.parametrize(
    ("purpose", "wanted"),
    [("use", "libegl1 libgl1"), ("test", "ffmpeg chromium libatomic1")],
)
def test_a_bare_machine_is_told_of_all_that_is_missing(tmp_path: Path, purpose: str, wanted: str) -> None:
    for tool in ("uname", "grep", "sed"):
        found = shutil.which(tool)
        assert found is not None
        (tmp_path / tool).symlink_to(found)
    python = tmp_path / "python"  # one that loads no library
    python.write_text("#!/bin/sh\ncase $2 in *CDLL*) exit 1 ;; *) exit 0 ;; esac\n")
    python.chmod(0o755)
    shell = shutil.which("sh")
    assert shell is not None
    done = subprocess.run(
        [shell, str(SCRIPT), purpose],
        env={"PATH": str(tmp_path), "PYTHON": str(python)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert f"has for them: {wanted}" in done.stderr
