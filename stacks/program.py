"""The one place where settings meet Pulumi: the running stack's configuration, read whole so that unknown keys are seen."""

from __future__ import annotations

import pulumi
from pulumi.runtime import config as runtime

from stacks.model import Settings
from stacks.problems import SettingsError
from stacks.settings import load


def current() -> Settings:
    """The settings of the stack that runs. Raises pulumi.RunError, which Pulumi shows without a traceback, where they are wrong."""
    config = {**runtime.get_config_env(), **runtime.CONFIG.get()}
    try:
        return load(config, stack=pulumi.get_stack(), project=pulumi.get_project())
    except SettingsError as error:
        raise pulumi.RunError(str(error)) from None
