"""A cloud of a few dictionaries, enough for listers and deleters: filters by tag, pages of one row, refuses what is in use."""

from collections.abc import Mapping
from typing import Any

from fourways.cleanup.cloud import Cloud
from fourways.cloud.errors import CloudError, Outcome
from tests.cleanup.machine_stub import MachineRows
from tests.cleanup.watch_stub import WatchRows

Row = dict[str, Any]
LISTS = {
    "DescribeVpcs": ("Vpcs", "Vpc", "VpcId", "DeleteVpc"),
    "DescribeVSwitches": ("VSwitches", "VSwitch", "VSwitchId", "DeleteVSwitch"),
    "DescribeSecurityGroups": ("SecurityGroups", "SecurityGroup", "SecurityGroupId", "DeleteSecurityGroup"),
    "DescribeNatGateways": ("NatGateways", "NatGateway", "NatGatewayId", "DeleteNatGateway"),
    "DescribeEipAddresses": ("EipAddresses", "EipAddress", "AllocationId", "ReleaseEipAddress"),
}
DELETES = {delete: (action, id_) for action, (_, _, id_, delete) in LISTS.items()}


def refused(action: str, message: str) -> CloudError:
    return CloudError(action, outcome=Outcome.REFUSED, message=message, code="DependencyViolation", status=400)


class StubCloud(Cloud):
    """Rows by Describe action; a row's `_holds` names the id it keeps from being deleted. `deleted` has what went, in order."""

    def __init__(self) -> None:
        self.rows: dict[str, list[Row]] = {action: [] for action in LISTS}
        self.services: list[Row] = []
        self.groups: list[Row] = []
        self.machines: list[Row] = []
        self.gateways: list[Row] = []
        self.keys: list[Row] = []
        self.workspaces: list[Row] = []
        self.deployments: list[Row] = []
        self.deleted: list[str] = []
        self.tags_elsewhere: dict[str, dict[str, str]] = {}
        self.around_machines = MachineRows()
        self.watch = WatchRows()

    def call(self, product: str, version: str, action: str, params: Mapping[str, Any], region: str) -> dict[str, Any]:
        if product != "vpc" and self.around_machines.knows(action):
            return self.around_machines.call((product, version), action, params, region)
        if self.watch.knows(action):
            assert (product, version) == ("metrics", "2019-01-01")
            return self.watch.call(action, params)
        assert (product, version) == (("ecs", "2014-05-26") if "SecurityGroup" in action else ("vpc", "2016-04-28"))
        assert region == "ap-southeast-1"
        if action == "ListTagResources":
            tags = self.tags_elsewhere.get(params["ResourceId"][0], {})
            return {"RequestId": "r", "TagResources": {"TagResource": [{"TagKey": key, "TagValue": value} for key, value in tags.items()]}}
        if action == "UnassociateEipAddress":
            address = next(row for row in self.rows["DescribeEipAddresses"] if row["AllocationId"] == params["AllocationId"])
            address["InstanceId"] = ""
            return {}
        if action in DELETES:
            return self._delete(action, str(params[DELETES[action][1]]))
        outer, inner, id_, _ = LISTS[action]
        rows = [row for row in self.rows[action] if params.get(id_) in (None, row[id_])]
        for wanted in params.get("Tag", []):
            rows = [row for row in rows if self._carries(row, row[id_], wanted)]
        page = rows[params["PageNumber"] - 1 : params["PageNumber"]] if "PageNumber" in params else rows
        return {outer: {inner: page}, "TotalCount": len(rows)}

    def logs(
        self, action: str, region: str, method: str, path: str, query: Mapping[str, str] | None = None, project: str = ""
    ) -> dict[str, Any]:
        assert path in ("/", "/tags")
        assert (region, method) == ("ap-southeast-1", "DELETE" if action.startswith("Delete") else "GET")
        return self.watch.logs(action, query or {}, project)

    def model_studio(self, action: str, region: str, *path: str, **request: Any) -> dict[str, Any]:
        assert region == "ap-southeast-1"
        if action.startswith("Delete"):
            rows, id_ = (self.keys, "apiKeyId") if action == "DeleteApiKey" else (self.workspaces, "workspaceId")
            rows[:] = [row for row in rows if str(row[id_]) != path[0]]
            self.deleted.append(path[0])
            return {"isDeleted": True}
        where, rows = {"ListApiKeys": ("apiKeys", self.keys), "ListWorkspaces": ("workspaces", self.workspaces)}[action]
        start = int(request["nextToken"] or 0)
        token = {"nextToken": str(start + 1)} if start + 1 < len(rows) else {}
        return {"requestId": "r", where: rows[start : start + 1], **token}

    def dashscope(
        self, action: str, region: str, method: str, path: str, query: Mapping[str, Any] | None = None, key: int = 0
    ) -> dict[str, Any]:
        assert not key
        assert region == "ap-southeast-1"
        if action == "ListDeployments":
            assert query is not None
            rows = [row for row in self.deployments if row["plan"] == query["plan"]]
            return {"deployments": rows[query["page_no"] - 1 : query["page_no"]], "total": len(rows)}
        name = path.split("/")[4]
        if action == "DeleteDeployment":
            assert method == "DELETE"
            self.deployments[:] = [row for row in self.deployments if row["deployed_model"] != name]
            self.deleted.append(name)
            return {}
        assert action == "ListCapacityInstances"
        return {"records": [], "items": 0}

    def eas(self, action: str, region: str, *path: str, **request: Any) -> dict[str, Any]:
        assert region == "ap-southeast-1"
        if action == "list_services":
            rows = [
                row
                for row in self.services
                if request.get("label", {}).items() <= {(e["LabelKey"], e["LabelValue"]) for e in row["Labels"]}
            ]
            return {"Services": rows[request["page_number"] - 1 : request["page_number"]], "TotalCount": len(rows)}
        if action == "list_resources":
            return {"Resources": list(self.groups), "TotalCount": len(self.groups)}
        if action == "list_resource_instances":
            rows = [row for row in self.machines if row["ResourceId"] == path[1]]
            return {"Instances": rows, "TotalCount": len(rows)}
        if action == "list_gateway":
            return {"Gateways": self.gateways[request["page_number"] - 1 : request["page_number"]], "TotalCount": len(self.gateways)}
        if action == "list_gateway_intranet_linked_vpc":
            return {"RequestId": "r", "IntranetLinkedVpcList": []}
        if action == "delete_service":
            self.services = [row for row in self.services if row["ServiceName"] != path[1]]
        elif action == "delete_gateway":
            self.gateways = [row for row in self.gateways if row["GatewayId"] != path[1]]
        elif action == "delete_resource_instances":
            if any(row.get("Resource") == path[1] for row in self.services):
                raise refused(action, "a service runs here")
            wanted = request["instance_list"].split(",")
            self.machines = [row for row in self.machines if row["InstanceId"] not in wanted]
        elif action == "delete_resource":
            if any(row["ResourceId"] == path[1] for row in self.machines):
                raise refused(action, "machines left")
            self.groups = [row for row in self.groups if row["ResourceId"] != path[1]]
        else:
            raise AssertionError(action)
        self.deleted.append(path[1])
        return {}

    def _delete(self, action: str, id_: str) -> dict[str, Any]:
        listing, key = DELETES[action]
        if any(row.get("_holds") == id_ for rows in self.rows.values() for row in rows):
            raise refused(action, f"{id_} is in use")
        if any(row[key] == id_ and row.get("InstanceId") for row in self.rows[listing]):
            raise refused(action, f"{id_} is associated")
        if not any(row[key] == id_ for row in self.rows[listing]):
            raise CloudError(action, outcome=Outcome.NOT_FOUND, message="not found", status=404)
        self.rows[listing] = [row for row in self.rows[listing] if row[key] != id_]
        self.deleted.append(id_)
        return {}

    def _carries(self, row: Row, id_: str, wanted: Mapping[str, str]) -> bool:
        listed = row.get("Tags", {}).get("Tag", [])
        tags = {entry.get("Key") or entry.get("TagKey"): entry.get("Value") or entry.get("TagValue") for entry in listed}
        return {**tags, **self.tags_elsewhere.get(id_, {})}.get(wanted["Key"]) == wanted["Value"]
