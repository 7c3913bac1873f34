"""`ocianalyze completion`: the script that teaches a shell to complete."""

from typing import Annotated, Literal

import typer

Shell = Annotated[Literal["bash", "zsh", "fish"], typer.Argument(metavar="SHELL", help="Which.")]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(completion)


def completion(shell: Shell) -> None:
    r"""Print a completion script for bash, zsh or fish.

    For bash: source <(ocianalyze completion bash)
    """
    from typer import completion as shells  # noqa: PLC0415

    from ocianalyze.cli.main import COMPLETION  # noqa: PLC0415 - main imports this module
    from ocianalyze.cli.output import emit  # noqa: PLC0415

    script = shells.get_completion_script(  # type: ignore[attr-defined] # there since typer 0.4
        prog_name="ocianalyze", complete_var=COMPLETION, shell=shell
    )
    emit([f"{script}\n".encode()])
