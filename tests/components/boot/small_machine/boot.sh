#!/bin/bash
# boot.sh ROOT PACKAGES DISK: boots systemd on ROOT in namespaces of its own. Everything of a machine except its kernel and its network: /usr is
# this machine's with PACKAGES over it and ROOT/over_usr over both, nothing written; /etc, /opt, /var and /mnt are ROOT's, and stay.
set -euo pipefail
root=$1 packages=$2 disk=$3

if [ "${4:-}" != inside ]; then
  # A control group of its own, so that systemd sees it as the root of all.
  groups=$(findmnt --noheadings --first-only --types cgroup2 --output TARGET)
  mkdir "$groups/fourways-$$"
  echo $$ >"$groups/fourways-$$/cgroup.procs"
  # Whatever ends the test ends the machine.
  exec setpriv --pdeathsig KILL unshare --pid --mount --uts --ipc --cgroup --fork --kill-child "$0" "$@" inside
fi

mount --make-rprivate /
mount --bind "$root" "$root"
cd "$root"
mkdir -p usr proc sys dev run tmp
for folder in bin sbin lib lib64; do ln -sfn "usr/$folder" "$folder"; done
mount -t overlay overlay -o "lowerdir=over_usr:$packages/usr:/usr" usr

# What is installed on it.
mount --bind installed usr/local/bin

# Of systemd's own units only what a boot needs: none that would set up the machine this runs on.
mount -t tmpfs units usr/lib/systemd/system
for unit in {basic,sysinit,local-fs,local-fs-pre,shutdown,umount,final,sockets,timers,paths,slices,swap,multi-user,remote-fs}.target \
  network{,-pre,-online}.target systemd-journald{.service,.socket,-dev-log.socket} systemd-journal-flush.service; do
  cp "$packages/usr/lib/systemd/system/$unit" usr/lib/systemd/system/
done
mkdir usr/lib/systemd/system/sysinit.target.wants
ln -s ../systemd-journald.service ../systemd-journal-flush.service usr/lib/systemd/system/sysinit.target.wants/

mount -t proc proc proc
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount -t sysfs -o ro sysfs sys
mount -t cgroup2 cgroup sys/fs/cgroup
mount -t tmpfs run run
mount -t tmpfs dev dev
mkdir dev/shm dev/pts
mount -t devpts -o newinstance,ptmxmode=0666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
for device in null zero full random urandom tty "${disk#/dev/}"; do
  touch "dev/$device"
  mount --bind "/dev/$device" "dev/$device"
done
touch dev/console console
mount --bind console dev/console
exec env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin container=fourways NOTIFY_SOCKET=/var/notify \
  chroot "$root" /usr/lib/systemd/systemd --system --unit=multi-user.target
