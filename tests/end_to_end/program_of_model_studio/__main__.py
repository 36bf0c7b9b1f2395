"""A Pulumi program with the Model Studio resources that need no bearer key. None needs another of them, so that one `up` begins them all.

Limits and permissions are those of the workspace that the environment names.
"""

from __future__ import annotations

import os

import pulumi

from components.names import names
from fourways.provider import resources
from stacks import program

settings = program.current()
region, place, model = settings.region, os.environ["TEST_WORKSPACE_ID"], settings.deployment.model.id

resources.ModelStudioWorkspace("workspace", region=region, workspace_name=names(settings).of("serving"))
key = resources.ModelStudioApiKey("key", region=region, description="Key of a test")
limit = {"model": model, "requestLimit": 100, "requestLimitPeriod": 60}
resources.ModelStudioModelLimits("limits", region=region, workspace_id=place, limits=[limit])
resources.ModelStudioModelPermissions("permissions", region=region, workspace_id=place, models=[{"model": model, "deploy": False}])
pulumi.export("value", key.value)
