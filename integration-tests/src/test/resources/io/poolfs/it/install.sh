# install.sh REPOSITORY WORK: installs, upgrades under a mounted pool and removes poolfs, as package and from the
# checkout. Run where the system may be changed: see PrivateSystem.
set -euo pipefail
repository=$1
work=$2
mountpoint=$work/mnt
file=$mountpoint/file

places=(
  /usr/bin/poolfs
  /usr/lib/poolfs
  /sbin/mount.fuse.poolfs
  /sbin/mount.poolfs
  /lib/systemd/system/poolfs@.service
  /usr/share/bash-completion/completions/poolfs
  /usr/share/man/man1/poolfs.1.gz
)

fail() {
  echo "$*" >&2
  exit 1
}

in_place() {
  local place
  for place in "${places[@]}"; do
    [ -e "$place" ] || fail "$place is not there"
  done
  poolfs --version | grep -q '^poolfs [0-9]'
  bash -c 'source /usr/share/bash-completion/completions/poolfs && complete -p poolfs' >/dev/null
  zcat /usr/share/man/man1/poolfs.1.gz | grep -q '^\.TH'
  grep -q '^ExecStart=/usr/lib/poolfs/bin/poolfs-unit %i$' '/lib/systemd/system/poolfs@.service'
  [ -x /usr/lib/poolfs/bin/poolfs-unit ]
  compgen -G '/usr/lib/poolfs/poolfs-*.jsa' >/dev/null || fail "no shared class archive"
}

gone() {
  local place
  for place in "${places[@]}"; do
    [ ! -e "$place" ] && [ ! -L "$place" ] || fail "$place is still there"
  done
  [ -f "$HOME/.config/poolfs/media.yaml" ] || fail "the configuration of a pool was taken away"
}

# newer DEB NEW: the same package as a later release would be, whose libraries have other names.
newer() {
  local tree=$work/newer jar
  dpkg-deb -R "$1" "$tree"
  sed -i 's/^Version: .*/Version: 99.0/' "$tree/DEBIAN/control"
  for jar in "$tree"/usr/lib/poolfs/lib/*.jar; do
    case "${jar##*/}" in
      jffi* | native* | zstd* | cli* | fuse*) mv "$jar" "${jar%.jar}-next.jar" ;;
    esac
  done
  rm "$tree/DEBIAN/md5sums"
  dpkg-deb -Znone -b "$tree" "$2" >/dev/null
}

# still_works: a mount that has lost its program's files goes on, and what it wrote is there at the next one.
still_works() {
  cmp "$work/original" "$file"
  date > "$mountpoint/written-after"
  mkdir "$mountpoint/after"
  ln -s file "$mountpoint/after/link"
  poolfs flush
  poolfs status | grep -q 'nothing: everything is on the remotes'
  poolfs umount "$mountpoint"
  ! grep -qi 'NoClassDef\|ClassNotFound' "$HOME"/.local/state/poolfs/media/log/* || fail "classes were missing"
  poolfs mount "$mountpoint"
  cmp "$work/original" "$file"
  [ -L "$mountpoint/after/link" ] && [ -s "$mountpoint/written-after" ]
}

mkdir -p "$mountpoint" "$HOME"
head -c 3000000 /dev/urandom > "$work/original"

echo "package: install"
dpkg -i "$repository/cli/target/poolfs.deb"
in_place
poolfs init media --yes --cache-dir "$work/cache" --local "$work/one" "$work/two"
poolfs mount "$mountpoint"
cp "$work/original" "$file"

echo "package: upgrade under the mount"
newer "$repository/cli/target/poolfs.deb" "$work/newer.deb"
dpkg -i "$work/newer.deb"
in_place
still_works

echo "package: remove under the mount, then install from the checkout"
dpkg -r poolfs
gone
cmp "$work/original" "$file"
"$repository/scripts/install"
in_place
cmp "$work/original" "$file"
poolfs umount "$mountpoint"

echo "checkout: remove"
"$repository/scripts/install" --uninstall
gone
