"""The services of the fake cloud, one package each: `backend.py` holds state and rules, `api.py` the wire names."""

from fourways.fakes.service import Service
from fourways.fakes.services.eas.api import EAS, EAS_TAGS
from fourways.fakes.services.sts.api import STS

SERVICES: tuple[Service, ...] = (STS, EAS, EAS_TAGS)
