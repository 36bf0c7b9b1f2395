#!/usr/bin/python3
"""report_load.py QUEUE GPU: tells CloudMonitor under these names how many requests wait here, and how many percent the GPUs are busy.

Raw values (help centre, "PutCustomMetric"): of those of all machines together CloudMonitor makes the mean that alarms of scaling look at.
"""

import json
import os
import re
import subprocess
import sys
import time
import urllib.request
from typing import Any, Dict, List

import instance_role

PAUSE, TIMEOUT = 15, 10  # seconds
WAITING = re.compile(r"^(?:vllm:num_requests_waiting|sglang:num_queue_reqs)(?:{.*})? (\S+)", re.MULTILINE)
ASK = ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits"]


def load() -> List[float]:
    with urllib.request.urlopen(os.environ["METRICS_URL"], timeout=TIMEOUT) as answer:
        waiting = WAITING.findall(answer.read().decode())
    if not waiting:
        raise OSError("the engine's metrics do not say how many requests wait")
    busy = subprocess.check_output(ASK, timeout=TIMEOUT).split()
    return [sum(map(float, waiting)), sum(map(float, busy)) / len(busy)]


def call(role: instance_role.Role, action: str, given: Dict[str, str]) -> Any:
    answer = instance_role.call(role, os.environ["CMS_ENDPOINT"], "2019-01-01", action, given)
    if str(answer["Code"]) != "200":
        raise OSError("{}: {} {}".format(action, answer["Code"], answer.get("Message")))
    return answer


def report(role: instance_role.Role, names: List[str]) -> None:
    name = os.environ["LOAD_NAME"]
    found = call(role, "DescribeMonitorGroups", {"GroupName": name})["Resources"]["Resource"]
    [group] = [row["GroupId"] for row in found if row["GroupName"] == name]
    given = {}
    for number, (metric, value) in enumerate(zip(names, load()), 1):
        row = {"GroupId": str(group), "MetricName": metric, "Type": "0"}
        row.update(Dimensions=json.dumps({"deployment": name}), Values=json.dumps({"value": value}))
        given.update({f"MetricList.{number}.{field}": row[field] for field in row})
    call(role, "PutCustomMetric", given)


def main(names: List[str]) -> None:
    role = instance_role.Role()
    while True:
        try:
            report(role, names)
        except (instance_role.Refused, OSError, ValueError, subprocess.SubprocessError) as error:
            print(f"not reported: {error}", flush=True)
        time.sleep(PAUSE)


if __name__ == "__main__":
    main(sys.argv[1:])
