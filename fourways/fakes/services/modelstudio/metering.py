"""Tokens on the bill: one row of the ledger a key, model and day of UTC+8, with what was used and what it costs."""

from __future__ import annotations

from fourways.fakes.service import Scope
from fourways.fakes.services.modelstudio import catalogue
from fourways.fakes.services.modelstudio.catalogue import Model
from fourways.fakes.services.modelstudio.records import ApiKey

KIND = "token-usage"
_DAY, _CLOUD_TIME = 86_400, 8 * 3_600


def meter(scope: Scope, key: ApiKey, model: Model, prompt: int, cached: int, completion: int) -> None:
    """Bill one request at the prices of this hour."""
    now = scope.clock.now()
    scope.cloud.ledger.meter(
        account=key.account,
        region=key.region,
        kind=KIND,
        resource=f"{key.workspace}/{key.id}/{model.id}",
        since=now - (now + _CLOUD_TIME) % _DAY,
        currency=catalogue.CURRENCY,
        amount=model.band(key.region, now).cost(prompt, cached, completion),
        usage={"requests": 1, "prompt_tokens": prompt, "cached_tokens": cached, "completion_tokens": completion},
    )
