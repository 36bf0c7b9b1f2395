"""Where bearer-key calls of Model Studio go. On the cloud `https://HOST/...`; on the fake `/maas/HOST/...` behind the fake's own address,
so that one address serves every host. HOST says the region, and the workspace where it is a workspace's own."""

from __future__ import annotations

import re
from dataclasses import dataclass

PREFIX = "/maas/"
REGIONAL = {"dashscope.aliyuncs.com": "cn-beijing", "dashscope-intl.aliyuncs.com": "ap-southeast-1"}
_WORKSPACE = re.compile(r"^(?P<workspace>[A-Za-z0-9-]+)\.(?P<region>[a-z]+(?:-[a-z0-9]+)+)\.maas\.aliyuncs\.com$")


@dataclass(frozen=True)
class Host:
    """A host as a client names it. `workspace` is None for the regional ones."""

    name: str
    region: str
    workspace: str | None = None


def find(path: str) -> tuple[Host, str] | None:
    """The host that a path of the fake stands for, and the path on that host; None when it is no host of Model Studio."""
    if not path.startswith(PREFIX):
        return None
    name, _, rest = path.removeprefix(PREFIX).partition("/")
    if name in REGIONAL:
        return Host(name, REGIONAL[name]), f"/{rest}"
    match = _WORKSPACE.match(name)
    return (Host(name, match["region"], match["workspace"]), f"/{rest}") if match else None


def pattern(path: str) -> str:
    """For a data plane: every host's paths that begin with `path`."""
    return f"{PREFIX}[^/]+{re.escape(path)}"


def api_host(workspace: str, region: str) -> str:
    """The `apiHost` of a workspace row: the plain host, as on the cloud."""
    return f"{workspace}.{region}.maas.aliyuncs.com"
