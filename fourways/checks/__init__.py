"""What `fourways check` finds in one preview: policies, costs, budget. Reads Pulumi's output and makes the report; runs nothing itself.

The preview to read is `PULUMI_ENABLE_STREAMING_JSON_PREVIEW=true pulumi preview --json --policy-pack policies`, one JSON event a line: the
plain `--json` digest has no policy events at all (pulumi 3.259.0, backend/display/json.go: "we don't handle policy events").
"""

from fourways.checks.policies import Policies, Violation, read_policies
from fourways.checks.report import BUDGET, FAILURE, FINE, POLICY, USAGE, Report, Unread, check, worst

__all__ = ["BUDGET", "FAILURE", "FINE", "POLICY", "USAGE", "Policies", "Report", "Unread", "Violation", "check", "read_policies", "worst"]
