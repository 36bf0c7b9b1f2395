"""The alias of a private gateway of PAI-EAS, which says whose it is: gateways have neither labels nor a client token. Pure.

While a create has not come back yet the alias is another one: it is a thing's own memory that no state may have recorded it. UpdateGateway
changes an alias (alibabacloud-eas20210701 7.0.0), so the mark comes off as `fourways-creating` comes off a service. What is allowed in an
alias and how long it may be no page says: marks are cut as those of deployments are (assumed).
"""

from __future__ import annotations

from fourways.cloud import name_marks, ownership

#: Stands in the place of the name until the create is done. No name begins with a digit, and a name that is cut keeps its first character.
UNFINISHED = "0-creating"


def write(name: str, urn: str) -> str:
    """The alias of this resource's gateway."""
    return name_marks.write(name, urn)


def unfinished(urn: str) -> str:
    """The alias until the create has come back."""
    return name_marks.write(UNFINISHED, urn)


def is_unfinished(alias: str) -> bool:
    """Whether a create of ours made it and has not come back."""
    name, tags = name_marks.read(alias)
    return bool(tags) and name.startswith(UNFINISHED[0])


def tags(alias: str) -> dict[str, str]:
    """What the alias says under the keys of tags; nothing where it is not ours."""
    found = name_marks.read(alias)[1]
    return found | {ownership.CREATING: UNFINISHED} if is_unfinished(alias) else found


def finished(name: str, alias: str) -> str:
    """An unfinished alias with the name in its place."""
    mark = alias[len(name_marks.read(alias)[0]) :]
    return name[: max(1, name_marks.LENGTH - len(mark))] + mark


def name_of(alias: str, declared: str | None = None) -> str:
    """The name that an alias has. Where it was cut, or is not written yet, it is the `declared` one."""
    name = name_marks.read(alias)[0]
    cut = len(alias) >= name_marks.LENGTH
    if declared is not None and (is_unfinished(alias) or (cut and declared.startswith(name))):
        return declared
    return name
