# boot.sh SCRIPT ARGUMENTS: becomes systemd, which runs the script as a service and ends with its exit status. What the
# script says is in the file output beside it. Run as process 1 of a PrivateSystem.
set -euo pipefail
script=$(readlink -f "$1")
output=$(dirname "$script")/output
shift

umount -R /sys/fs/cgroup 2>/dev/null || true
mount -t cgroup2 cgroup2 /sys/fs/cgroup
mknod -m 666 /run/fuse c 10 229
mount --bind /run/fuse /dev/fuse # its usual mode
rm -f /etc/systemd/system/*.wants/* /usr/lib/systemd/system/*.wants/*

cat > /etc/systemd/system/trial.service <<UNIT
[Unit]
Requires=dbus.socket
After=dbus.socket

[Service]
Type=oneshot
Environment=HOME=/root LANG=C.UTF-8
ExecStart=bash -c 'bash "\$0" "\$@"; systemctl exit --force \$?' $script $*
StandardOutput=file:$output
StandardError=inherit
UNIT

exec env -i container=trial PATH=/usr/sbin:/usr/bin:/sbin:/bin /lib/systemd/systemd --system --unit=trial.service \
  --log-target=null --show-status=no
