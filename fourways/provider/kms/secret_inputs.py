"""The typed inputs of random secrets. Limits: help centre, CreateSecret (Kms 2016-01-20), and SDK alibabacloud-kms20160120 3.3.1."""

from __future__ import annotations

from pydantic import StrictInt, StrictStr

from fourways.provider.inputs import REGION, Inputs, Labels, Text, declared

SECRET_NAME = r"^[A-Za-z0-9_/+=.@-]{1,192}$"
#: 24 characters of 62 are 142 bits: nobody guesses them. More than 512 no HTTP header needs.
SHORTEST, LONGEST, LENGTH = 24, 512, 48


class RandomSecretInputs(Inputs):
    """Inputs of `fourways:kms:RandomSecret`."""

    region: StrictStr = declared("a region id such as ap-southeast-1", replaces=True, pattern=REGION)
    name: StrictStr = declared(
        "1 to 192 letters, digits and _/+=.@-, a name that no other secret of the region has", replaces=True, pattern=SECRET_NAME
    )
    length: StrictInt = declared(
        f"a whole number of letters and digits from {SHORTEST} to {LONGEST}, default {LENGTH}; a change makes a new value",
        default=LENGTH,
        ge=SHORTEST,
        le=LONGEST,
    )
    rotation: Text | None = declared(
        "any text, such as a date: a change makes a new value; the one before stays readable as ACSPrevious", default=None, sticky=True
    )
    description: StrictStr = declared("a text of at most 1024 characters", default="", max_length=1024)
    tags: Labels = declared("a map of strings; ownership tags are added to it", default={})
    encryption_key_id: Text | None = declared(
        "the id of a symmetric key of the same KMS instance; left out, the service's own", default=None, replaces=True, sticky=True
    )
    kms_instance_id: Text | None = declared(
        "the id of a KMS instance (kst-...); left out, the account's shared KMS", default=None, replaces=True, sticky=True
    )
