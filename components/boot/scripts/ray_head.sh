#!/bin/sh
# ray_head.sh PROGRAM...: starts this replica's Ray cluster, then becomes the engine, which waits until the workers' GPUs are in it.
set -eu
ray start --head --node-ip-address "$HEAD_IP" --port "$HEAD_PORT" --disable-usage-stats
exec "$@"
