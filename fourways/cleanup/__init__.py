"""What was left behind, from states, tags, names and bills, and how to delete it. `fourways sweep` is a thin shell over this.

    sight = survey(cloud, regions, project)          # by tags, then by names: what exists and is this project's
    leftovers = plan(sight.found, states, options)   # joined with the states: what is expired, belongs to none, or to a run that is over
    bill = billed(cloud, regions, sight, ...)        # what is paid for though nothing of that explains it: told, never deleted
    result = delete(leftovers, cloud)                # only what the plan allows; without this call nothing changes

Each kind of resource is one small file in `kinds/`: a lister, a deleter, and its place in the order. What never happens: deleting a thing
without our tags, of another project, or of an environment other than benchmark unless its stack is named.
"""

from fourways.cleanup.billed import Bill, Records, billed, with_bill
from fourways.cleanup.cloud import Cloud, RealCloud, StudioKey
from fourways.cleanup.found import Found, Leftover
from fourways.cleanup.plan import Options, plan
from fourways.cleanup.states import State, studio_keys
from fourways.cleanup.sweep import Result, Sight, delete, look, survey, unseen
from fourways.cleanup.tables import as_json, table

__all__ = [
    "Bill",
    "Cloud",
    "Found",
    "Leftover",
    "Options",
    "RealCloud",
    "Records",
    "Result",
    "Sight",
    "State",
    "StudioKey",
    "as_json",
    "billed",
    "delete",
    "look",
    "plan",
    "studio_keys",
    "survey",
    "table",
    "unseen",
    "with_bill",
]
