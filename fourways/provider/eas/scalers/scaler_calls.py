"""The operations on the scalers of EAS services that the provider calls (API 2021-07-01).

Sent by the generic client: `ScaleJobs[].TimeZone` is in the help centre's CreateServiceCronScaler and in no model of SDK 7.0.0, which would
leave it out of requests and answers alike. Paths and fields else are that SDK's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from fourways.cloud import answers, clients
from fourways.provider import retries
from fourways.provider.eas.calls import Answer, Calls, naming

#: `autoscaler` and `cronscaler` are the last part of the path, and with these names the last part of the actions.
ScalerKind = Literal["AutoScaler", "CronScaler"]
VERSION = "2021-07-01"


class ScalerCalls(Calls):
    """The one autoscaler and the one cron scaler that a service can have."""

    async def create_scaler(self, kind: ScalerKind, service: str, body: Mapping[str, Any]) -> Answer:
        """CreateServiceAutoScaler, CreateServiceCronScaler: POST. Tried once, unless it surely did not happen."""
        return await retries.once(self.session, lambda: self._send("Create", "POST", kind, service, body))

    async def update_scaler(self, kind: ScalerKind, service: str, body: Mapping[str, Any]) -> Answer | None:
        """UpdateServiceAutoScaler, UpdateServiceCronScaler: PUT. None when there is none. The whole setting is sent: twice is as once."""
        return await self._tried("Update", "PUT", kind, service, body)

    async def describe_scaler(self, kind: ScalerKind, service: str) -> Answer | None:
        """DescribeServiceAutoScaler, DescribeServiceCronScaler: GET. None for a 404, of the service or of its scaler."""
        return await self._tried("Describe", "GET", kind, service, None)

    async def delete_scaler(self, kind: ScalerKind, service: str) -> Answer | None:
        """DeleteServiceAutoScaler, DeleteServiceCronScaler: DELETE. None when it is gone already."""
        return await self._tried("Delete", "DELETE", kind, service, None)

    async def delete_scalers(self, service: str) -> None:
        """Whatever scales the service."""
        await self.delete_scaler("AutoScaler", service)
        await self.delete_scaler("CronScaler", service)

    async def _tried(self, verb: str, method: str, kind: ScalerKind, service: str, body: Mapping[str, Any] | None) -> Answer | None:
        return await retries.again(self.session, lambda: self._send(verb, method, kind, service, body), patient=self.patient)

    async def _send(self, verb: str, method: str, kind: ScalerKind, service: str, body: Mapping[str, Any] | None) -> Answer:
        action = f"{verb}Service{kind}"
        answer = await self.session.call(self._blocking_rest, action, method, f"{service}/{kind.lower()}", body)
        # An answer of the API that names no service tells that there is no scaler; whatever else names none tells nothing.
        if verb == "Describe" and (answer.get("ServiceName") or not answer.get("RequestId")):
            naming(action, ("ServiceName",), service)(answer)
        return answer

    def _blocking_rest(self, action: str, method: str, path: str, body: Mapping[str, Any] | None) -> Answer:
        path = f"/api/v2/services/{self.region}/{path}"
        status, found = clients.send("eas", VERSION, action, self.region, method=method, path=path, body=body, target=self.session.target)
        return answers.body_of(action, {"statusCode": status, "body": found})
