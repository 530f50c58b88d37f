#!/bin/bash
# A real S3 server for tests: Ceph's radosgw with one monitor and one OSD, on loopback only, from Debian packages.
# It lives in a Debian tree of its own (debootstrap), so the host needs nothing newer than Debian 12. Needs root.
#
#   ceph-s3.sh install TREE          about a minute and 0.9 GB; does nothing when TREE is complete
#   ceph-s3.sh start   TREE [NAME]   about 12 s; prints one line: S3_ENDPOINT=... AK=... SK=...
#   ceph-s3.sh stop    TREE [NAME]   ends the processes of that instance and deletes its data
#
# NAME distinguishes instances of one tree, so that parallel test runs do not stop each other (default: main).
# SUITE   Debian release of the tree (sid: the first with a radosgw that has conditional writes)
# MIRROR  package mirror (the one the host's apt uses)
# STORE   memstore (default: in memory, gone with the processes) or bluestore (a file in the tree)
# LC_DAY  how many seconds a day of a lifecycle rule lasts (3600)
set -euo pipefail

usage() { sed -n '2,15s/^# \{0,1\}//p' "$0" >&2; exit 2; }
fail() { echo "ceph-s3: $*" >&2; exit 1; }

[ $# -ge 2 ] || usage
COMMAND=$1
TREE=$(realpath -m "$2")
NAME=${3:-main}
[[ $NAME =~ ^[A-Za-z0-9_-]+$ ]] || fail "an instance's name consists of letters, digits, - and _"
[ "$(id -u)" = 0 ] || fail 'needs root (debootstrap and chroot)'
# As the processes inside the tree see it.
DATA=/s3test-$NAME

in_tree() { chroot --userspec=ceph:ceph "$TREE" env -i PATH=/usr/bin:/bin HOME=/tmp LC_ALL=C.UTF-8 "$@"; }

host_mirror() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1
}

# A tree gets its name when it is finished, so one that is there is whole.
is_complete() { [ -x "$TREE/usr/bin/radosgw" ]; }

install_tree() {
  is_complete && return
  command -v debootstrap > /dev/null || DEBIAN_FRONTEND=noninteractive apt-get -qq install -y debootstrap > /dev/null
  mkdir -p "$(dirname "$TREE")"
  exec 9> "$TREE.lock"
  flock 9
  is_complete && return
  # In a mount namespace of its own: however this ends, no mount stays in a half-made tree.
  unshare --mount --propagation private "$0" install-into "$TREE.partial"
  rm -rf "$TREE"
  mv "$TREE.partial" "$TREE"
}

install_into() {
  export DEBIAN_FRONTEND=noninteractive LC_ALL=C
  rm -rf "$TREE"
  local log=$TREE.log
  debootstrap --variant=minbase "${SUITE:-sid}" "$TREE" "${MIRROR:-$(host_mirror)}" > "$log" 2>&1 ||
    fail "debootstrap failed, see $log"
  printf '#!/bin/sh\nexit 101\n' > "$TREE/usr/sbin/policy-rc.d"
  chmod +x "$TREE/usr/sbin/policy-rc.d"
  # Mirrors that are snapshots carry expired release files.
  echo 'Acquire::Check-Valid-Until "false";' > "$TREE/etc/apt/apt.conf.d/99-valid"
  mount -t proc proc "$TREE/proc"
  {
    chroot "$TREE" apt-get -qq update &&
      chroot "$TREE" apt-get -qq install -y --no-install-recommends radosgw ceph-mon ceph-osd ceph-common &&
      chroot "$TREE" apt-get clean
  } >> "$log" 2>&1 < /dev/null || fail "installing Ceph failed, see $log"
  chroot "$TREE" radosgw --version >> "$log"
}

free_port() {
  node -e 'const s=require("net").createServer().listen(0,"127.0.0.1",()=>{console.log(s.address().port);s.close()})'
}

write_config() {
  cat > "$TREE$DATA/ceph.conf" << CONFIG
[global]
fsid = $FSID
mon host = [v2:127.0.0.1:$MON_PORT/0]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
log file = $DATA/\$name.log
admin socket = $DATA/run/\$name.asok
run dir = $DATA/run
pid file = $DATA/run/\$name.pid
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pg autoscale mode = off
osd class dir = /usr/lib/$(uname -m)-linux-gnu/rados-classes
osd crush chooseleaf type = 0
osd objectstore = ${STORE:-memstore}
memstore device bytes = 8589934592
bluestore block size = 21474836480
osd memory target = 939524096
mon allow pool size one = true
mon max pg per osd = 500
mon data avail warn = 1
mon data avail crit = 0
[mon.a]
mon data = $DATA/mon
[osd.0]
osd data = $DATA/osd0
[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:$S3_PORT
rgw data = $DATA/rgw
ms mon client mode = crc
rgw lc debug interval = ${LC_DAY:-3600}
rgw crypt require ssl = false
rgw dynamic resharding = false
CONFIG
}

start_instance() {
  is_complete || fail "$TREE has no Ceph: run '$0 install $TREE' first"
  stop_instance
  MON_PORT=$(free_port) S3_PORT=$(free_port)
  FSID=$(cat /proc/sys/kernel/random/uuid)
  local osd secret
  osd=$(cat /proc/sys/kernel/random/uuid)
  secret=$(od -An -N20 -tx1 /dev/urandom | tr -d ' \n')
  mkdir -p "$TREE$DATA"/{mon,osd0,run}
  write_config
  chroot "$TREE" chown -R ceph:ceph "$DATA"
  local config=$DATA/ceph.conf
  {
    in_tree monmaptool --create --clobber --addv a "[v2:127.0.0.1:$MON_PORT]" --fsid "$FSID" "$DATA/monmap" &&
      in_tree ceph-mon -c "$config" --mkfs -i a --monmap "$DATA/monmap" --keyring /dev/null &&
      in_tree ceph-mon -c "$config" -i a &&
      in_tree timeout 60 ceph -c "$config" osd new "$osd" &&
      in_tree ceph-osd -c "$config" -i 0 --mkfs --osd-uuid "$osd" --no-mon-config &&
      in_tree ceph-osd -c "$config" -i 0 &&
      in_tree radosgw -c "$config" -n client.rgw &&
      wait_for_port "$S3_PORT" &&
      in_tree timeout 60 radosgw-admin -c "$config" user create --uid=test --display-name=test \
        --access-key=AKTEST "--secret=$secret"
  } > "$TREE$DATA/start.log" 2>&1 < /dev/null || {
    tail -n 5 "$TREE$DATA/start.log" >&2
    stop_instance
    fail 'the server did not start'
  }
  echo "S3_ENDPOINT=http://127.0.0.1:$S3_PORT AK=AKTEST SK=$secret"
}

wait_for_port() {
  for _ in $(seq 1 120); do
    (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null && return
    sleep 0.5
  done
  return 1
}

# Found by what they are, not by a list that a crash could leave stale: in this tree, with this instance's configuration.
instance_pids() {
  local process command
  for process in /proc/[0-9]*; do
    [ "$(readlink "$process/root" 2> /dev/null)" = "$TREE" ] || continue
    command=$(tr '\0' ' ' < "$process/cmdline" 2> /dev/null) || continue
    case $command in *"-c $DATA/ceph.conf "*) basename "$process" ;; esac
  done
}

stop_instance() {
  local pid
  for pid in $(instance_pids); do kill -9 "$pid" 2> /dev/null || true; done
  for _ in $(seq 1 50); do
    [ -z "$(instance_pids)" ] && break
    sleep 0.1
  done
  rm -rf "${TREE:?}$DATA"
}

case $COMMAND in
install) install_tree ;;
install-into) install_into ;;
start) start_instance ;;
stop) stop_instance ;;
*) usage ;;
esac
