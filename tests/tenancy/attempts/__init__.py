"""Attempts from inside tenant A at tenant B's rows, each by another route.

An attempt gets a `World`, acts in A's scope and returns what it saw (or nothing). Whether it leaked or corrupted is
judged from outside: by B's sentinel word in what it returned, and by what is in the tables afterwards.
"""

from . import forms, reads, sql, writes
from .world import ATTEMPTS, SENTINEL, World, build_world

__all__ = ["ATTEMPTS", "SENTINEL", "World", "build_world", "forms", "reads", "sql", "writes"]
