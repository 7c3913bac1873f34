"""Start the command line; `--version` is answered before anything heavy is imported."""

import gc
import os
import sys

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
    status = main()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:
        sys.exit(status)
    os._exit(status)


if __name__ == "__main__":
    leave()
