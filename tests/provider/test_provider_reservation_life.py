"""A reservation from its first check to its end, over gRPC against the fake cloud."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.provider.harness import REGION, Failed, Harness, plain
from tests.provider.reserving import MODEL, RESERVATION_URN, prepaid, reservation, sent

Provide = Callable[[Any], None]


def test_create_read_and_delete(provide: Provide) -> None:
    async def test(harness: Harness) -> None:
        made = await harness.create(RESERVATION_URN, reservation(harness))
        outputs = plain(made.properties)
        assert made.id == f"{REGION}/{outputs['deployedModel']}"
        assert outputs["status"] == "RUNNING"
        assert len(outputs["instanceIds"]) == 1
        assert "expiresAt" not in outputs
        assert outputs["target"] == "fake"
        (body,) = sent(harness, "CreateDeployment")
        assert body["ptu_capacity"] == {"input_tpm": 500, "output_tpm": 50}  # kTPM
        assert body["charge_type"] == "post_paid"
        assert "pre_paid_info" not in body
        assert made.properties.fields["apiKey"].struct_value.fields  # a secret

        inputs = await harness.checked(RESERVATION_URN, reservation(harness))
        again = await harness.read(RESERVATION_URN, made.id, made.properties, inputs)
        assert plain(again.properties) == outputs
        assert (await harness.diff(RESERVATION_URN, made, again.inputs, reservation(harness))).changes == 1

        await harness.delete(RESERVATION_URN, made)
        assert harness.inventory("ptu-reservation") == []
        assert all(row["closed"] is not None for row in harness.cloud.ledger.rows())
        await harness.delete(RESERVATION_URN, made)  # not there is success
        assert (await harness.read(RESERVATION_URN, made.id, made.properties, inputs)).id == ""

    provide(test)
