"""Prints, as JSON, the Pulumi packages of the Python that runs it: what each one's pulumi-plugin.json says, completed from its metadata."""

import glob
import json
import os
import sys


def metadata_version(folder):
    """Version of the distribution that a package's folder belongs to, by the name of its .dist-info."""
    parent, name = os.path.split(folder)
    for info in glob.glob(os.path.join(glob.escape(parent), name + "-*.dist-info")):
        return os.path.basename(info)[len(name) + 1 : -len(".dist-info")]
    return ""


def packages():
    seen = set()
    for path in sys.path[1:]:  # the first is the program's own folder
        for folder in sorted(glob.glob(os.path.join(glob.escape(path), "*"))):
            name = os.path.basename(folder)
            about = os.path.join(folder, "pulumi-plugin.json")
            if name in seen:
                continue
            if os.path.isfile(about):
                seen.add(name)
                with open(about, encoding="utf-8") as file:
                    plugin = json.load(file)
                if not plugin.get("resource"):
                    continue
            elif name.startswith("pulumi_") and os.path.isfile(os.path.join(folder, "__init__.py")) and metadata_version(folder):
                seen.add(name)  # packages made before there was a pulumi-plugin.json
                plugin = {}
            else:
                continue
            version = (plugin.get("version") or metadata_version(folder)).lstrip("v")
            found = {
                "Name": plugin.get("name") or name.removeprefix("pulumi_").replace("_", "-"),
                "Version": "v" + version if version else "",
                "Server": plugin.get("server") or "",
            }
            if plugin.get("parameterization"):
                found["Parameterization"] = plugin["parameterization"]
            yield found


json.dump(list(packages()), sys.stdout)
