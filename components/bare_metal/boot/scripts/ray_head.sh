#!/bin/sh
# ray_head.sh ADDRESS PORT PROGRAM...: starts this replica's Ray cluster, then becomes the engine, which waits until the workers' GPUs are in it.
set -eu
ray start --head --node-ip-address "$1" --port "$2" --disable-usage-stats
export VLLM_HOST_IP="$1"
shift 2
exec "$@"
