"""Start the command line; `--version` is answered before anything heavy is imported."""

import sys


def main() -> int:
    """Run the command that the arguments name and return the exit status."""
    arguments = sys.argv[1:]
    if arguments in (["--version"], ["-V"]):
        from importlib.metadata import version  # noqa: PLC0415 - only here is it needed

        sys.stdout.write(f"ocianalyze {version('ocianalyze')}\n")
        return 0
    from ocianalyze.cli.main import run  # noqa: PLC0415 - typer takes longer than a version

    return run(arguments)


if __name__ == "__main__":
    sys.exit(main())
