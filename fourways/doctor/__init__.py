"""`fourways doctor`: whether a stack could be brought up with these credentials, before anything is bought. Reads only, changes nothing.

A check (`checks/`, a file each) is a function from a read-only client and plain facts to findings: one line each, ok, not ok or cannot
tell, with what to do. A refused call is never "ok" and never an abort: it is "cannot tell", with the action to grant. What lives elsewhere:
reading settings and states (`fourways.cli.doctor_facts`), mending what a killed run left (`fourways recover`).
"""

from fourways.doctor.cloud import Cloud, ReadOnlyCloud
from fourways.doctor.diagnose import Diagnosis, diagnose
from fourways.doctor.facts import Facts, Lock, Planned, Tools
from fourways.doctor.finding import Finding, Verdict

__all__ = ["Cloud", "Diagnosis", "Facts", "Finding", "Lock", "Planned", "ReadOnlyCloud", "Tools", "Verdict", "diagnose"]
