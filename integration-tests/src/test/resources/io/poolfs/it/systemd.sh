# systemd.sh REPOSITORY WORK: a pool of an ordinary user from /etc/fstab, under a running systemd.
set -euo pipefail
repository=$1
work=$2
place=/run/trial/pool
unit=poolfs@run-trial-pool.service

fail() {
  echo "$*"
  exit 1
}

# as_user COMMAND: as the pool's owner.
as_user() {
  runuser -u owner -- env -u XDG_RUNTIME_DIR HOME="$work/home" "$@"
}

is_mounted() {
  grep -q "^media $place fuse.poolfs .*user_id=$(id -u owner),.*allow_other" /proc/mounts
}

# await_gone: until what is mounted was taken away, by systemd or by the end of the service.
await_gone() {
  local last=$((SECONDS + 30))
  while is_mounted; do
    [ "$SECONDS" -lt "$last" ] || fail "still mounted"
    sleep 0.1
  done
}

property() {
  systemctl show --property="$1" --value "$unit"
}

"$repository/scripts/install" >/dev/null
systemd-analyze verify /lib/systemd/system/poolfs@.service
useradd --home-dir "$work/home" --create-home owner
chmod a+x "$work"
echo user_allow_other >> /etc/fuse.conf
mkdir -p "$place"
chown owner "$place"
mkdir -p /media # a name that mount(8) makes a path of, when it is called in /
as_user poolfs init media --yes --cache-dir "$work/home/cache" --local "$work/home/one" "$work/home/two"
as_user sed -i '$ a claim_settle: 100ms' "$work/home/.config/poolfs/media.yaml"
echo "media $place fuse.poolfs noauto,x-systemd.automount,_netdev,allow_other,uid=$(id -u owner) 0 0" > /etc/fstab
mkdir /etc/systemd/system/poolfs@.service.d
printf '[Service]\nRestartSec=1\n' > /etc/systemd/system/poolfs@.service.d/quick.conf
systemctl daemon-reload
cd /

echo "mount(8): silent, and mounted when it returns"
said=$(mount "$place" 2>&1)
[ -z "$said" ] || fail "it said: $said"
is_mounted || fail "not mounted: $(cat /proc/mounts)"
[ "$(property StatusText)" = "media is mounted at $place" ] || fail "status: $(property StatusText)"
[ "$(ps -o user= -p "$(property MainPID)")" = owner ] || fail "the daemon is not the owner's"

echo "stop: drains, so that another machine finds everything"
head -c 5000000 /dev/urandom > "$place/file"
cp "$place/file" "$work/original"
systemctl stop "$unit"
! is_mounted || fail "still mounted"
as_user poolfs status | grep '^local only no file is staged here$'
[ "$(property TimeoutStopUSec)" = 5min ] || fail "no time to drain: $(property TimeoutStopUSec)"

echo "automount: the first access mounts"
systemctl start run-trial-pool.automount
! is_mounted || fail "mounted before anyone came"
timeout 60 cmp "$work/original" "$place/file"
is_mounted || fail "not mounted"

echo "killed: the next access mounts anew"
systemctl kill --signal=KILL "$unit"
await_gone
timeout 60 cmp "$work/original" "$place/file"

echo "unmounted and wanted again at once: waits for the drain"
head -c 5000000 /dev/urandom > "$place/more"
umount "$place"
timeout 60 cmp "$work/original" "$place/file"
is_mounted || fail "not mounted"
systemctl stop run-trial-pool.automount
systemctl stop "$unit"

echo "what is wrong is said by mount(8)"
as_user sed -i 's/^pool_id:.*/pool_id: 17/' "$work/home/.config/poolfs/media.yaml"
! said=$(mount "$place" 2>&1) || fail "a broken configuration was mounted"
[[ $said == "mount.fuse.poolfs: "*"pool_id: \"17\" is not possible"* ]] || fail "it said: $said"
