"""Threads share two of glibc's arenas, freed memory returns to the system, and nothing is searched at the end."""

from __future__ import annotations

import subprocess
import sys

import pytest

ARENAS = """
import ctypes, threading
from imagineart_desktop.support import limit_malloc_arenas
limit_malloc_arenas()
threads = [threading.Thread(target=lambda: [bytearray(2_000) for _ in range(200)]) for _ in range(16)]
for thread in threads: thread.start()
for thread in threads: thread.join()
libc = ctypes.CDLL(None)
libc.fdopen.restype = ctypes.c_void_p
libc.malloc_info(0, ctypes.c_void_p(libc.fdopen(1, b"w")))
libc.fflush(None)
"""

FREED = """
from pathlib import Path
from imagineart_desktop.support import release_freed_memory
resident = lambda: int(Path("/proc/self/statm").read_text().split()[1]) * 4096
kept = [bytearray(20_000) for _ in range(5_000)]
top = bytearray(20_000)
del kept
before = resident()
release_freed_memory()
print((before - resident()) // 2**20)
"""

ENDED = """
import gc
from imagineart_desktop.support import skip_last_collection
class Cycle:
    def __init__(self): self.itself = self
    def __del__(self): print("collected")
gc.disable()
Cycle()
print("ends")
skip_last_collection()
"""


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)  # noqa: S603
    return done.stdout


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator")
def test_sixteen_threads_share_two_arenas() -> None:
    assert run(ARENAS).count("<heap nr=") <= 2


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's allocator")
def test_freed_memory_below_what_is_in_use_goes_back_to_the_system() -> None:
    assert int(run(FREED)) > 50


def test_a_process_ends_without_a_search_for_garbage() -> None:
    assert run(ENDED).split() == ["ends"]
    assert run(ENDED.replace("\nskip_last_collection()", "")).split() == ["ends", "collected"]
