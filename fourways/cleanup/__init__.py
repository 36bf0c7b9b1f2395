"""What was left behind, from state and from tags, and how to delete it. `fourways sweep` is a thin shell over this.

    found = look(cloud, regions, project)            # from tags: what exists in the cloud and carries this project's
    leftovers = plan(found, states, options)         # joined with the states: what is expired or belongs to none
    result = delete(leftovers, cloud)                # only what the plan allows; without this call nothing changes

Each kind of resource is one small file in `kinds/`: a lister, a deleter, and its place in the order. What never happens: deleting a thing
without our tags, of another project, or of an environment other than benchmark unless its stack is named.
"""

from fourways.cleanup.cloud import Cloud, RealCloud, StudioKey
from fourways.cleanup.found import Found, Leftover
from fourways.cleanup.plan import Options, plan
from fourways.cleanup.states import State
from fourways.cleanup.sweep import Result, Sight, delete, look, survey, unseen
from fourways.cleanup.tables import as_json, table

__all__ = ["Cloud", "Found", "Leftover", "Options", "RealCloud", "Result", "Sight", "State", "StudioKey", "as_json", "delete", "look", "plan", "survey", "table", "unseen"]
