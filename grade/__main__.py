# SPDX-License-Identifier: MIT
"""Makes `python3 -m grade` work."""
import sys

from grade.cli import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
