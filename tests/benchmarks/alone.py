"""Run one command and tell what it took: `alone.py COMMAND...`, the answer on standard error.

A process begins with the peak memory of the one that started it. This one imports next to nothing,
so what it starts is charged with no more than a bare Python.
"""

import os
import sys
import time


def main(words: list[str]) -> None:
    """Run a command, its output passed on and its errors thrown away."""
    silence = [
        (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
        (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
    ]
    start = time.perf_counter()
    process = os.posix_spawnp(words[0], words, os.environ, file_actions=silence)
    _, status, usage = os.wait4(process, 0)
    wall = time.perf_counter() - start
    told = (
        wall,
        usage.ru_utime + usage.ru_stime,
        usage.ru_maxrss * 1024,
        os.waitstatus_to_exitcode(status),
    )
    sys.stderr.write(" ".join(map(str, told)))


if __name__ == "__main__":
    main(sys.argv[1:])
