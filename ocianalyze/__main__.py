"""Start the command line; `--version` is answered before anything heavy is imported."""

import gc
import os
import sys
from contextlib import suppress

from ocianalyze.version import VERSION

_PAUSE = 400_000
"""Objects between two looks for cycles: facts have none, and the default looks at them often."""
_TURN = 0.001
"""Seconds until a thread that reads ahead gets the interpreter; the default is several pieces."""


def main() -> int:
    """Run the command that the arguments name and return the exit status."""
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        sys.stdout.write(f"ocianalyze {VERSION}\n")
        return 0
    gc.set_threshold(_PAUSE, 50, 100)
    sys.setswitchinterval(_TURN)
    # Plugins of other distributions see no image, and looking for them takes as long as a layer.
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from ocianalyze.cli.main import run  # noqa: PLC0415 - typer takes longer than a version

    return run(arguments)


def leave() -> None:
    """Run `main` and end the process at once: freeing a million entries one by one takes long."""
    _stand_in()
    os._exit(_status())


def _stand_in() -> None:
    """Put something in the place of closed streams, which the next open file would take.

    Standard output then refuses what is written: a report must not get lost unnoticed.
    """
    modes = {"stdin": os.O_RDONLY, "stdout": os.O_RDONLY, "stderr": os.O_WRONLY}
    for number, (name, mode) in enumerate(modes.items()):
        if getattr(sys, name) is None and os.open(os.devnull, mode) == number:
            setattr(sys, name, os.fdopen(number, "w" if number else "r", closefd=False))


def _status() -> int:
    """Return the exit status; what is written to streams by then has arrived, or it is said."""
    status = 0
    try:
        status = main()
        sys.stdout.flush()
        sys.stderr.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return status
    except OSError as error:
        with suppress(OSError):
            sys.stderr.write(f"ocianalyze: standard output: cannot be written: {error.strerror}\n")
        return status or 3
    return status


if __name__ == "__main__":
    leave()
