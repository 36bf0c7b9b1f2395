"""A Pulumi program of the monitoring component alone, with a robot's address from the environment and logs of its own."""

from __future__ import annotations

import os

from components.eas.monitoring import Monitoring, MonitoringArgs
from components.names import names
from components.tags import tags
from stacks import program
from stacks.kinds.monitoring import Monitoring as MonitoringSettings

settings = program.current()
Monitoring(
    "monitoring",
    MonitoringArgs(
        region=settings.region,
        service_name="watched",
        settings=MonitoringSettings.model_validate_json(os.environ["MONITORING"]),
        names=names(settings),
        tags=tags(settings),
        account=settings.account,
    ),
)
