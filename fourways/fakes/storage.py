"""The fake's state on disk, so that a killed fake goes on where it was."""

from __future__ import annotations

import os
import pickle
from pathlib import Path

from fourways.fakes.cloud import STATE_VERSION, Cloud
from fourways.fakes.services import SERVICES


class Storage:
    """One file that is replaced as a whole after each call that may have changed something.

    Pickle is safe here because only the fake itself writes the file, in a folder of the user's own.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Cloud | None:
        """The cloud as it was, or None when there is none. A file of another version of the code raises ValueError."""
        if not self.path.exists():
            return None
        try:
            cloud: Cloud = pickle.loads(self.path.read_bytes())
        except Exception as error:
            raise self._unreadable(str(error)) from error
        version = getattr(cloud, "state_version", 1)
        if version != STATE_VERSION:
            raise self._unreadable(f"its shape is {version}, not {STATE_VERSION}")
        cloud.resume(SERVICES)
        return cloud

    def _unreadable(self, why: str) -> ValueError:
        return ValueError(
            f"the fake's state in {self.path} cannot be read ({why}); it was made by another version of Fourways or damaged: "
            "delete the file to start with an empty cloud"
        )

    def save(self, cloud: Cloud) -> None:
        part = self.path.with_suffix(".part")
        with part.open("wb") as file:
            pickle.dump(cloud, file)
        os.replace(part, self.path)
