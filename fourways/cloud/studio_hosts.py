"""Where the models of Model Studio are called, from a host's name. Pure; the control plane of the same hosts is in `dashscope`."""

from __future__ import annotations

from fourways.cloud import dashscope
from fourways.cloud.target import Target

OPENAI = "/compatible-mode/v1"
"""Help centre, Model Studio API reference: the OpenAI-compatible interface, the same on every host."""


def workspace_host(workspace: str, region: str) -> str:
    """The host of one workspace, as the `apiHost` of its row has it."""
    return f"{workspace}.{region}.maas.aliyuncs.com"


def openai_url(host: str, target: Target) -> str:
    """The OpenAI-compatible base URL of a host; ends in /v1."""
    return dashscope.base_url(host, target) + OPENAI
