#!/usr/bin/python3
"""fetch_key.py VARIABLE: writes the API key from KMS to /run/fourways/engine.env, which only root reads and no disk keeps."""

import os
import sys

import instance_role


def main(variable: str) -> None:
    role, name = instance_role.Role(), os.environ["KMS_SECRET"]
    endpoint = os.environ["KMS_ENDPOINT"]
    answer = instance_role.patiently(lambda: instance_role.call(role, endpoint, "2016-01-20", "GetSecretValue", {"SecretName": name}))
    key = answer["SecretData"]
    if not key or not key.isprintable() or " " in key:
        raise SystemExit(f"the secret {name} is no API key: it has to be one word")
    folder = os.environ["RUNTIME_DIRECTORY"]
    written = os.path.join(folder, ".engine.env")
    with open(os.open(written, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write(f"{variable}={key}\n")
    os.rename(written, os.path.join(folder, "engine.env"))
    print("key: version {} of {}".format(answer["VersionId"], name))


if __name__ == "__main__":
    main(sys.argv[1])
