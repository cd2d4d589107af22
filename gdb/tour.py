# SPDX-License-Identifier: MIT
"""Begins the tour that $TINE_TOUR names: `make tour` does this, behind load.py."""
from tine import tour

tour.begin()
