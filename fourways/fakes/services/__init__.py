"""The services of the fake cloud, one package each: `backend.py` holds state and rules, `api.py` the wire names."""

from fourways.fakes.service import Service
from fourways.fakes.services.alb.api import ALB
from fourways.fakes.services.bss.api import BSS
from fourways.fakes.services.cas.api import CAS, CAS_NAMES
from fourways.fakes.services.cms.api import CMS
from fourways.fakes.services.deployments.api import DEPLOYMENTS
from fourways.fakes.services.eas.api import EAS, EAS_TAGS
from fourways.fakes.services.ecs.api import ECS
from fourways.fakes.services.eipanycast.api import EIPANYCAST
from fourways.fakes.services.ess.api import ESS
from fourways.fakes.services.kms.api import KMS
from fourways.fakes.services.location.api import LOCATION
from fourways.fakes.services.modelstudio.api import MODEL_STUDIO
from fourways.fakes.services.oss.api import OSS
from fourways.fakes.services.quotas.api import QUOTAS
from fourways.fakes.services.ram.api import RAM
from fourways.fakes.services.resourcemanager.api import RESOURCE_MANAGER
from fourways.fakes.services.slb.api import SLB
from fourways.fakes.services.sls.api import SLS
from fourways.fakes.services.sts.api import STS
from fourways.fakes.services.vpc.api import VPC

SERVICES: tuple[Service, ...] = (
    STS,
    VPC,
    ECS,
    ALB,
    CAS,
    CAS_NAMES,
    SLB,
    EIPANYCAST,
    ESS,
    KMS,
    RAM,
    RESOURCE_MANAGER,
    BSS,
    LOCATION,
    QUOTAS,
    CMS,
    SLS,
    OSS,
    EAS,
    EAS_TAGS,
    MODEL_STUDIO,
    DEPLOYMENTS,
)
