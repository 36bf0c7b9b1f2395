"""The `fourways` command: what `pulumi` does not do. Its commands are in `commands/`; each is a thin shell over a module of its own."""

from __future__ import annotations

import gc
import sys

import typer

from fourways.cli.commands import advise, benchmark, checks, demo, endpoint, fakes, prices, upkeep
from fourways.cli.errors import FAILED, USAGE, UserError
from fourways.cloud.credentials import CredentialsError
from fourways.cloud.errors import CloudError
from fourways.cloud.target import TargetError
from stacks.problems import SettingsError

app = typer.Typer(
    help="Serve a large language model on Alibaba Cloud the four ways, as code. "
    "The real cloud is the default; the fake is entered on purpose.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
)
for group in (demo, checks, prices, advise, endpoint, benchmark, upkeep, fakes):
    app.add_typer(group.app)


def main() -> None:
    """Run the command; what goes wrong for a user is one message on standard error and an exit code."""
    try:
        app()
    except UserError as error:
        print(f"error: {error}", file=sys.stderr)
        sys.exit(error.exit_code)
    except CloudError as error:
        print(f"error: {error}{f'. {hint}' if (hint := error.hint()) else ''}", file=sys.stderr)
        sys.exit(FAILED)
    except _told_errors() as error:
        from fourways.costs.rates import RateError

        print(f"error: {error}", file=sys.stderr)
        sys.exit(USAGE if isinstance(error, RateError) else FAILED)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)
    finally:
        gc.freeze()  # or the collector looks once more, at the end, through all that was loaded


def _told_errors() -> tuple[type[Exception], ...]:
    """Errors whose text is for the user. Asked for when something was raised, and not before: they bring half of the library along, which
    is half of the time that a command takes to start."""
    from fourways.catalog.facts import CatalogError
    from fourways.costs.documents import CostError

    return SettingsError, TargetError, CredentialsError, CostError, CatalogError


if __name__ == "__main__":
    main()
