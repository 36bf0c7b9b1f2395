"""Simple Log Service on the wire: paths as in the help centre's API 2020-12-30. Clients send its older number, x-log-apiversion 0.6.0."""

from __future__ import annotations

from fourways.fakes.doors import Logs
from fourways.fakes.service import Route, Service
from fourways.fakes.services.sls import api_collection as collection
from fourways.fakes.services.sls import api_projects as projects
from fourways.fakes.services.sls import api_stores as stores

_STORE = "/logstores/{logstore}"
_GROUP, _CONFIG = "/machinegroups/{machineGroup}", "/configs/{configName}"

SLS = Service(
    product="Sls",
    version=Logs.VERSION,
    routes=[
        Route("POST", "/", "CreateProject", projects.create_project),
        Route("GET", "/", "GetProject", projects.at_root),
        Route("PUT", "/", "UpdateProject", projects.update_project),
        Route("DELETE", "/", "DeleteProject", projects.delete_project),
        Route("PUT", "/resourcegroup", "ChangeResourceGroup", projects.change_resource_group),
        Route("GET", "/policy", "GetProjectPolicy", projects.get_policy),
        Route("POST", "/policy", "PutProjectPolicy", projects.put_policy),
        Route("DELETE", "/policy", "DeleteProjectPolicy", projects.delete_policy),
        Route("POST", "/tag", "TagResources", projects.tag_resources),
        Route("POST", "/untag", "UntagResources", projects.untag_resources),
        Route("GET", "/tags", "ListTagResources", projects.list_tag_resources),
        Route("POST", "/logstores", "CreateLogStore", stores.create_store),
        Route("GET", "/logstores", "ListLogStores", stores.list_stores),
        Route("GET", _STORE, "GetLogStore", stores.show_store),
        Route("PUT", _STORE, "UpdateLogStore", stores.update_store),
        Route("DELETE", _STORE, "DeleteLogStore", stores.delete_store),
        Route("GET", f"{_STORE}/meteringmode", "GetLogStoreMeteringMode", stores.get_metering),
        Route("PUT", f"{_STORE}/meteringmode", "UpdateLogStoreMeteringMode", stores.put_metering),
        Route("GET", f"{_STORE}/shards", "ListShards", stores.list_shards),
        Route("GET", f"{_STORE}/index", "GetIndex", stores.get_index),
        Route("POST", f"{_STORE}/index", "CreateIndex", stores.create_index),
        Route("PUT", f"{_STORE}/index", "UpdateIndex", stores.update_index),
        Route("DELETE", f"{_STORE}/index", "DeleteIndex", stores.delete_index),
        Route("POST", "/machinegroups", "CreateMachineGroup", collection.create_group),
        Route("GET", "/machinegroups", "ListMachineGroup", collection.list_groups),
        Route("GET", _GROUP, "GetMachineGroup", collection.show_group),
        Route("PUT", _GROUP, "UpdateMachineGroup", collection.update_group),
        Route("DELETE", _GROUP, "DeleteMachineGroup", collection.delete_group),
        Route("POST", "/configs", "CreateConfig", collection.create_config),
        Route("GET", "/configs", "ListConfig", collection.list_configs),
        Route("GET", _CONFIG, "GetConfig", collection.show_config),
        Route("PUT", _CONFIG, "UpdateConfig", collection.update_config),
        Route("DELETE", _CONFIG, "DeleteConfig", collection.delete_config),
        Route("PUT", f"{_GROUP}/configs/{{configName}}", "ApplyConfigToMachineGroup", collection.apply),
        Route("DELETE", f"{_GROUP}/configs/{{configName}}", "RemoveConfigFromMachineGroup", collection.remove),
        Route("GET", f"{_GROUP}/configs", "GetAppliedConfigs", collection.applied_configs),
        Route("GET", f"{_CONFIG}/machinegroups", "GetAppliedMachineGroups", collection.applied_groups),
    ],
)
