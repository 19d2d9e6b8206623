"""Exists so that `python -m qingyin` works where the console script is not on the path."""

import sys

from qingyin.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
