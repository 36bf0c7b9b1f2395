"""The commands of `fourways` as Typer sees them: options, help, exit codes. A function each, which imports its shell when it is called:
what a command does is in `fourways/cli/`, not here."""
