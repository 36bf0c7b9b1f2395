"""What a bare-metal GPU machine boots into: `user_data(machine)` is a cloud-init file, computed from settings alone.

Here: the machine's settings, its systemd units (`units/`), the programs they run (`scripts/`) and how they become `#cloud-config`.
Not here: whatever makes machines (components, Pulumi), and the engine's own flags (they come as a list of arguments).
"""

from components.bare_metal.boot.cloud_config import user_data
from components.bare_metal.boot.machine import Machine

__all__ = ["Machine", "user_data"]
