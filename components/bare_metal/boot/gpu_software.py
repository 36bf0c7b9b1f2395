"""What an image without driver and containers gets, in which versions, and from where: mirrors inside the VPC. Data, dated.

- Driver: Alibaba Cloud's own installer, `auto_install_v4.0.sh`, with its arguments as the help centre's "Automatically install or load a
  Tesla driver when you create a GPU-accelerated instance" gives them; the versions are those of its example as copied in public
  repositories in 2025, assumed to be there still.
- Docker: the mirror's packages for CentOS 8, which the help centre uses on Alibaba Cloud Linux 3 too; 26.1.3 is the last (assumed).
- NVIDIA container toolkit: mirrors.aliyun.com has it as libnvidia-container; that mirrors.cloud.aliyuncs.com, the same mirror from inside
  a VPC, has it too is assumed, and so is the version.
"""

from __future__ import annotations

AS_OF = "2026-11-30"
DRIVER, CUDA, CUDNN = "570.133.20", "12.8.1", "9.8.0.87"
DOCKER, TOOLKIT = "26.1.3", "1.17.8"
MIRROR = "http://mirrors.cloud.aliyuncs.com"


def settings() -> dict[str, str]:
    """Lines of `/etc/fourways/boot.env` for `install_gpu.sh`."""
    return {"DRIVER_VERSION": DRIVER, "CUDA_VERSION": CUDA, "CUDNN_VERSION": CUDNN, "DOCKER_VERSION": DOCKER, "TOOLKIT_VERSION": TOOLKIT}


def repositories() -> str:
    """The package repositories, as dnf reads them."""
    return f"""\
[docker-ce-stable]
name=Docker CE
baseurl={MIRROR}/docker-ce/linux/centos/8/$basearch/stable
gpgkey={MIRROR}/docker-ce/linux/centos/gpg
gpgcheck=1

[nvidia-container-toolkit]
name=NVIDIA container toolkit
baseurl={MIRROR}/libnvidia-container/stable/rpm/$basearch
gpgkey={MIRROR}/libnvidia-container/gpgkey
repo_gpgcheck=1
gpgcheck=0
"""
