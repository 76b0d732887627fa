# helper.sh REPOSITORY WORK: mount(8) with the type fuse.poolfs, where no systemd runs.
set -euo pipefail
repository=$1
work=$2
place=$work/mnt

fail() {
  echo "$*" >&2
  exit 1
}

# refused MESSAGE POOL PLACE OPTIONS: mount(8) fails and says so.
refused() {
  local said status=0
  said=$(mount -t fuse.poolfs "$2" "$3" -o "$4" 2>&1) || status=$?
  [ "$status" -eq 32 ] || fail "exit status $status of a mount that was to fail with: $1"
  [[ $said == "mount.fuse.poolfs: "*"$1"* ]] || fail "not \"$1\" but: $said"
}

mknod -m 666 /run/fuse c 10 229
mount --bind /run/fuse /dev/fuse # its usual mode
"$repository/scripts/install" >/dev/null
useradd --home-dir "$work/home" --create-home owner
owner=$(id -u owner)
group=$(id -g owner)
mkdir "$place"
chown owner "$place"
runuser -u owner -- env HOME="$work/home" poolfs init media --yes --cache-dir "$work/home/cache" \
  --local "$work/home/one" "$work/home/two"
sed -i '$ a claim_settle: 100ms' "$work/home/.config/poolfs/media.yaml"

refused "allow_other needs root, or the line user_allow_other" media "$place" "allow_other,uid=$owner"
echo user_allow_other >> /etc/fuse.conf
refused "there is no such user" media "$place" uid=54321
refused "unknown mount option: bogus" media "$place" "bogus,uid=$owner"
refused 'no pool "films" is configured' films "$place" "uid=$owner"
refused "does not exist" media "$work/nowhere" "uid=$owner"

# As from /etc/fstab, with root's own folders in the environment, which are not for the owner's daemon.
said=$(XDG_CONFIG_HOME=/root/.config mount -t fuse.poolfs media "$place" \
  -o "noauto,x-systemd.automount,_netdev,allow_other,uid=$owner,gid=$group" 2>&1)
[ -z "$said" ] || fail "it said: $said"
grep -q "^media $place fuse.poolfs .*user_id=$owner,.*allow_other" /proc/mounts || fail "$(cat /proc/mounts)"
echo hello > "$place/file"
[ "$(stat -c %u:%g "$place/file")" = "$owner:$group" ] || fail "shown with another owner"
umount "$place"
mount -t fuse.poolfs media "$place" -o "ro,allow_other,config=$work/home/.config/poolfs/media.yaml,uid=$owner"
[ "$(cat "$place/file")" = hello ]
! touch "$place/file" 2>/dev/null || fail "ro was not heard"
umount "$place"
