"""Errors as the cloud words them: an HTTP status, a code that clients match on, and a message that people read."""

from __future__ import annotations

from typing import Any


class CloudError(Exception):
    """What a service refuses. `code` and `message` go into the envelope; 404 belongs to every `*.NotFound` code."""

    def __init__(self, status: int, code: str, message: str, **extra: Any) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.code = code
        self.message = message
        self.extra = extra

    def envelope(self, request_id: str, host: str) -> dict[str, Any]:
        return {
            "RequestId": request_id,
            "HostId": host,
            "Code": self.code,
            "Message": self.message,
            "Recommend": f"https://api.aliyun.com/troubleshoot?q={self.code}&requestId={request_id}",
            **self.extra,
        }


def missing(name: str) -> CloudError:
    """A required parameter is not there."""
    return CloudError(400, f"Missing{name}", f"The input parameter {name} that is mandatory for processing this request is not supplied.")


def invalid(name: str, detail: str = "The specified value is not valid.") -> CloudError:
    """A parameter is out of its range or has the wrong form."""
    return CloudError(400, f"Invalid{name}", f"The specified parameter {name} is not valid. {detail}")


def unknown_action(name: str, version: str) -> CloudError:
    """An API that this fake does not have: names it, so that a gap is seen at once."""
    return CloudError(
        404,
        "InvalidAction.NotFound",
        f"Specified api is not found, please check your url and method. ({name or 'no action'}, version {version or '?'})",
    )
