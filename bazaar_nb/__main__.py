"""``python -m bazaar_nb``."""

import sys

from bazaar_nb.cli import main

if __name__ == "__main__":
    sys.exit(main())
