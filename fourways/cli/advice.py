"""What a user can do about a message of `pulumi` that does not say it. Pure."""

from __future__ import annotations

#: Words of pulumi 3.259.0, and what to do about them.
_KNOWN = (
    (
        "PULUMI_ACCESS_TOKEN must be set",
        "No state backend is chosen: `pulumi login` (to Pulumi Cloud, a bucket or a folder), or work on the fake with --fake.",
    ),
    ("no stack named", "It has no state in this backend: `pulumi stack init STACK`, or look elsewhere with `pulumi login`."),
    (
        "passphrase must be set",
        "The stack's secrets are encrypted with a passphrase: set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE.",
    ),
    ("incorrect passphrase", "PULUMI_CONFIG_PASSPHRASE is not the one that this stack was made with."),
    (
        "stack is currently locked",
        "Another run has it, or one was killed: `fourways recover STACK` tells which, and frees it when it is dead.",
    ),
)


def advice(said: str) -> str | None:
    """What to do about a failure of `pulumi`, None where its own words have to do."""
    return next((text for words, text in _KNOWN if words in said), None)
