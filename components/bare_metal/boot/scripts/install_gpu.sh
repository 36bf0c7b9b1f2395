#!/bin/bash
# NVIDIA driver, docker and NVIDIA container toolkit on Alibaba Cloud Linux 3, from mirrors inside the VPC. What is there is left as it is, so that
# it may run at each boot. Versions and sources: /etc/fourways/boot.env, /etc/yum.repos.d/fourways-gpu.repo.
set -euo pipefail

metadata() {
  local token
  token=$(curl -fsS -X PUT -H 'X-aliyun-ecs-metadata-token-ttl-seconds: 60' "$METADATA_URL/latest/api/token")
  curl -fsS -H "X-aliyun-ecs-metadata-token: $token" "$METADATA_URL/latest/meta-data/$1"
}

if ! nvidia-smi >/dev/null 2>&1; then
  folder=$(mktemp -d)
  mirror=$(metadata source-address | head -n 1)
  curl -fsS --retry 10 -o "$folder/auto_install.sh" "$mirror/opsx/ecs/linux/binary/script/auto_install_v4.0.sh"
  # The last two: RDMA and eRDMA, not wanted.
  (cd "$folder" && bash auto_install.sh "$DRIVER_VERSION" "$CUDA_VERSION" "$CUDNN_VERSION" FALSE FALSE)
  nvidia-smi
fi

if ! command -v nvidia-ctk >/dev/null || ! command -v docker >/dev/null; then
  dnf --assumeyes install "docker-ce-$DOCKER_VERSION" "docker-ce-cli-$DOCKER_VERSION" containerd.io mdadm \
    "nvidia-container-toolkit-$TOOLKIT_VERSION"
  nvidia-ctk runtime configure --runtime=docker
  systemctl enable docker.service
  systemctl restart docker.service
fi
