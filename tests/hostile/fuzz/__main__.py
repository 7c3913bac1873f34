"""`python -m tests.hostile.fuzz [--seconds N | --runs N] [--jobs N] [target ...]`."""

import argparse
import sys

from tests.hostile.fuzz.runner import Amount, fuzz


def main(arguments: list[str]) -> int:
    """Fuzz and tell; return 1 when an input was found that a parser does not survive."""
    parser = argparse.ArgumentParser(prog="python -m tests.hostile.fuzz")
    parser.add_argument("target", nargs="*", help="all when none is named")
    parser.add_argument("--seconds", type=int, default=0, help="for each target")
    parser.add_argument("--runs", type=int, default=0, help="of each target")
    parser.add_argument("--jobs", type=int, default=2, help="targets at once")
    given = parser.parse_args(arguments)
    seconds = given.seconds or (0 if given.runs else 60)
    outcomes = fuzz(given.target, Amount(given.runs, seconds), given.jobs)
    for one in outcomes:
        told = "ok" if one.is_good else "FAILED"
        sys.stdout.write(f"{one.name:12} {one.seconds:6.1f} s  {told}\n{one.detail}")
    return int(not all(one.is_good for one in outcomes))


sys.exit(main(sys.argv[1:]))
