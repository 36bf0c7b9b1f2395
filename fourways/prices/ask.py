"""Sends a question to the cloud by the official clients."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fourways.cloud import clients, modelstudio
from fourways.prices.questions import VERSIONS, Question


def ask(question: Question) -> Mapping[str, Any]:
    """The answer's JSON object. Raises CloudError, TargetError, CredentialsError."""
    asked = dict(question.parameters)
    if question.api == "modelstudio":
        return modelstudio.call(question.action, question.region, request=asked)
    return clients.call(question.api, VERSIONS[question.api], question.action, asked, question.region)
