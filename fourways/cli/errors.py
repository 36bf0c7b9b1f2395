"""What goes wrong for a user: one clear message, what to do about it, and an exit code. Never a traceback."""

from __future__ import annotations

FAILED = 1
USAGE = 2


class UserError(Exception):
    """Ends the command with `message` on standard error and `exit_code`; the message says what is wrong and what to do."""

    def __init__(self, message: str, exit_code: int = FAILED) -> None:
        super().__init__(message)
        self.exit_code = exit_code
