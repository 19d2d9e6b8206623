"""How long tests wait for what must come: as long as the busiest machine may need, which only a failing test waits."""

from __future__ import annotations

import time
from collections.abc import Callable

LONGEST_SECONDS = 150.0

# `python -c PATIENT ARGUMENTS` is `qingyin ARGUMENTS` that does not take a daemon or a server for dead because it, or
# the machine, is busy.
PATIENT = f"""
import sys
from qingyin.daemon import client as daemon_client
daemon_client.ANSWER_SECONDS = daemon_client.NO_LATER_THAN = {LONGEST_SECONDS}
from qingyin.cli.main import main
sys.exit(main())
"""


def until(condition: Callable[[], object], what: str = "it did not happen") -> None:
    """Returns when it holds. Only for what stays so: anything else may be over before anybody looks."""
    end = time.monotonic() + LONGEST_SECONDS
    while not condition():
        assert time.monotonic() < end, what
        time.sleep(0.01)
