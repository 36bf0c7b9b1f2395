"""A model of the token API: a key of the stack's own, and one line that says what that means."""

from __future__ import annotations

import pulumi

from components.endpoint import Endpoint, expiry
from components.model_studio.token_api import way_in
from fourways.provider import resources
from stacks.kinds.model_studio import Key
from stacks.kinds.token import TokenServing
from stacks.model import Settings


def summary(serving: TokenServing) -> str:
    """What is billed, and who may spend, in one line."""
    return f"billed: by the token, for whatever is called with the key; nothing is bought; {opens(serving.key, serving.model.id)}"


def opens(key: Key, model: str) -> str:
    """What a key opens and whence: `the key opens deepseek-v4-flash, from anywhere`."""
    places = f"from {', '.join(key.allowed_ips)}" if key.allowed_ips else "from anywhere"
    return f"the key opens {', '.join(key.models or [model])}, {places}"


def deploy_token(settings: Settings, serving: TokenServing) -> Endpoint:
    """Declares the workspace, its limits and the key of a stack of kind `token`."""
    provider = pulumi.ResourceOptions(providers=[resources.Provider("fourways", account=settings.account)])
    access = way_in(settings, serving, provider, limits=serving.limits)
    pulumi.info(summary(serving))
    return Endpoint(
        base_url=access.base_url,
        api_key=access.api_key,
        model=serving.model.id,
        kind=serving.kind,
        region=settings.region,
        capacity="none (by the token)",
        expires_at=expiry(settings),
    )
