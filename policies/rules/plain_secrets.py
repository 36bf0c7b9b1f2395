"""plain-secrets: no input holds a secret in clear.

Why: what is not marked as secret lies in clear in the state, in previews, in diffs and in the comment of a pull request. User data shows it
even when it is marked: every process on the machine can ask for it, and so can whoever may call DescribeUserData.
How to mend: mark it (`pulumi.Output.secret`, `pulumi config set --secret`), better keep it in KMS and let the machine fetch it by its role;
take a key that has been in clear out of use.
Source: names of properties as in pulumi_alicloud 3.105.0 and the service JSON of PAI-EAS (containers[].env: name and value); AccessKey ids
begin with LTAI (help centre, "Create an AccessKey pair"); PEM (RFC 7468); keys of Model Studio begin with sk- (help centre, "Get an API
key"). What is marked is seen on the wire only (`policies/asked.py`): `pulumi_policy` hides it from rules.
Needs known: nothing at preview. A value that is not known yet is looked at by the update, before its resource is made. The message never
shows the value. Stack outputs and configuration are not looked at.
"""

import base64
import binascii
import gzip
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import Field

from policies.model import Parameters, Path, Resource, ResourceRule
from policies.reading import PAI_SERVICE, dotted, known, service_json, texts

PATTERNS = (
    ("an AccessKey id", re.compile(r"\bLTAI[A-Za-z0-9]{12,26}\b")),
    ("an API key", re.compile(r"\b(?:sk|hf|ghp)[-_](?=[\w-]*[0-9])[\w-]{16,}")),
    ("a bearer token", re.compile(r"\bBearer\s+(?=[\w.~+/-]*[0-9])[\w.~+/-]{16,}")),
    ("a private key", re.compile(r"-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY-----")),
    ("a password in an address", re.compile(r"://[^/\s:@$<{]+:[^/\s@$<{]{3,}@")),
)
ASSIGNED = re.compile(
    r"(?:password|passwd|secret|token|api_?key|access_?key)[\"']?\s*[:=]\s*[\"']?(?=\w*[0-9])(?=\w*[A-Za-z])\w{12,}", re.IGNORECASE
)
"""A literal with letters and numbers that a text gives such a name; names of secrets have dashes, references a dollar."""
NAMED = re.compile(r"(?:password|passwd|privatekey|secretkey|keysecret|secretdata|apikey|accesskey|token)$", re.IGNORECASE)
"""What properties and variables are called that hold a secret, without dashes and underscores."""
USER_DATA = "userData"


class SecretParameters(Parameters):
    """What is no secret although it is called so."""

    harmless: list[str] = Field(
        default=["clientToken"], description="Names of properties and variables that hold no secret although they sound like it."
    )


def check(resource: Resource, parameters: SecretParameters) -> Iterator[str]:
    """A message for each place that holds a secret in clear: what it looks like, never the value."""
    for path, text in texts(resource.properties):
        if path[-1] == USER_DATA:
            what = looks_like(decoded(text))
        elif any(path[: len(secret)] == secret for secret in resource.secrets):
            continue
        else:
            what = named(resource.properties, path, text, parameters) or looks_like(text)
        if what:
            yield f"{dotted(path)} holds {what} in clear"
    if resource.type == PAI_SERVICE and ("serviceConfig",) not in resource.secrets:
        document = known(resource.properties, "serviceConfig") and service_json(resource)
        for path, text in texts(document):
            if what := named(document, path, text, parameters):
                yield f"serviceConfig: {dotted(path)} holds {what} in clear"


def looks_like(text: str) -> str:
    """What kind of secret is in a text; "" for none."""
    for what, pattern in PATTERNS:
        if pattern.search(text):
            return what
    return "a password or key" if ASSIGNED.search(text) else ""


def named(properties: Any, path: Path, text: str, parameters: SecretParameters) -> str:
    """What a value is by its name: that of its property or, of a pair of name and value, the pair's."""
    key = next((one for one in reversed(path) if isinstance(one, str)), "")
    if key == "value":
        pair = properties
        for step in path[:-1]:
            pair = known(pair, step)
        key = str(known(pair, "name") or "") if isinstance(pair, Mapping) else ""
    if not text or text.isdigit() or text.startswith(("$", "{{")) or key in parameters.harmless or "kmsEncrypted" in key:
        return ""  # nothing, a number (MAX_TOKEN), a reference, or in cipher
    return f"a secret by its name ({key})" if NAMED.search(key.replace("-", "").replace("_", "")) else ""


def decoded(text: str) -> str:
    """User data as the machine reads it: out of base64 and gzip where it is in them."""
    try:
        content = base64.b64decode(text, validate=True)
        content = gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content
        return content.decode(errors="replace")
    except (binascii.Error, ValueError, OSError, EOFError):
        return text


RULE = ResourceRule(
    name="plain-secrets",
    description="No input holds a secret in clear.",
    mend="mark the value as secret, or keep it in KMS and let the machine fetch it; take a key that was in clear out of use.",
    parameters=SecretParameters,
    check=check,
)
