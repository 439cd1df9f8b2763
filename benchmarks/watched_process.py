"""Python in another process, with the time and the memory that it took."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
# Runs a command and prints what it took. A process of its own, as a small one's child is counted
# from small on: Linux counts what the parent held when it started the child as the child's.
WATCH = """
import json, resource, subprocess, sys, time
started = time.perf_counter()
subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, check=True)
elapsed = time.perf_counter() - started
print(json.dumps([elapsed, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
"""


def run_python(*arguments: str | Path) -> tuple[float, float]:
    """Run Python in another process; return its seconds and the most memory it held, in bytes."""
    command = [sys.executable, *map(str, arguments)]
    finished = subprocess.run(
        [sys.executable, "-c", WATCH, *command], cwd=PROJECT, stdout=subprocess.PIPE, check=True
    )
    elapsed, memory = json.loads(finished.stdout)
    # Linux counts it in kilobytes.
    return elapsed, memory * (1 if sys.platform == "darwin" else 1024)
