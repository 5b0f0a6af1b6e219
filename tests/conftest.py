"""Tests run in two processes (pyproject.toml), so each computes with one thread."""

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")  # read when torch is imported, here and in commands
