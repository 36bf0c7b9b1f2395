"""The tags of everything a stack makes, from its settings. Pure; the keys are `fourways.cloud.ownership`'s."""

from __future__ import annotations

from fourways.cloud import ownership
from stacks.model import Settings


def tags(settings: Settings) -> dict[str, str]:
    """Project, stack, environment, owner; when it expires (a benchmark) and the class of its data, as written in the stack file."""
    return ownership.tags(
        project=settings.project,
        stack=settings.stack,
        environment=settings.environment,
        owner=settings.owner,
        expires_at=settings.expires_at,
        data=settings.data,
    )
