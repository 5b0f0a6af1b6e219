"""What many threads have freed goes back to the system."""

import platform
import subprocess
import sys

import pytest

from explorer.tools.running import APP

USE = """
import threading
from resource import getpagesize
from pathlib import Path
from explorer.memory import economise, give_back

def resident_mb():
    return int(Path("/proc/self/statm").read_text().split()[1]) * getpagesize() / 1e6

def use():
    held = [b"x" * 2**20 for _ in range(32)]
    together.wait()  # so that each has as much at the same time
    del held

economise()
before, together = resident_mb(), threading.Barrier(6, timeout=60)
threads = [threading.Thread(target=use) for _ in range(6)]
for each in threads:
    each.start()
for each in threads:
    each.join()
used = resident_mb()
give_back()
print(used - before, resident_mb() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="for the allocator of glibc")
def test_what_threads_freed_is_given_back():
    command = [sys.executable, "-c", USE]
    done = subprocess.run(
        command, cwd=APP.parent, capture_output=True, text=True, check=True, timeout=300
    )
    used, kept = map(float, done.stdout.split())
    assert used > 150 and kept < 20
