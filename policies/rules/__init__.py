"""One module a rule. Each module's docstring says what the rule demands, why, how to mend and where the fact comes from."""

from typing import Any

from policies.model import Rule
from policies.rules import (
    allowed_regions,
    benchmark_prepaid,
    benchmark_ttl,
    encrypted_disks,
    management_ports,
    no_public_ip_on_gpu_machines,
    public_endpoint,
    public_https,
    required_tags,
)

RULES: tuple[Rule[Any], ...] = (
    public_endpoint.RULE,
    public_https.RULE,
    management_ports.RULE,
    allowed_regions.RULE,
    required_tags.RULE,
    benchmark_ttl.RULE,
    benchmark_prepaid.RULE,
    benchmark_prepaid.STACK_RULE,
    encrypted_disks.RULE,
    no_public_ip_on_gpu_machines.RULE,
)
