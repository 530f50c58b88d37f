#!/bin/bash
# Prometheus and promtool for tests: Debian's package, unpacked into a folder. Nothing is installed on the machine, no
# service is started, and root is not needed.
#
#   prometheus.sh install FOLDER   some seconds and 100 MB, once; prints one line: PROMETHEUS_BIN=...
set -euo pipefail
export LC_ALL=C

usage() { sed -n '2,5s/^# \{0,1\}//p' "$0" >&2; exit 2; }
fail() { echo "prometheus: $*" >&2; exit 1; }

[ $# = 2 ] && [ "$1" = install ] || usage
FOLDER=$(realpath -m "$2")
WORK=
trap '[ -z "$WORK" ] || rm -rf "$WORK"' EXIT

fetch() { (cd "$WORK" && apt-get -qq -o APT::Sandbox::User=root download prometheus > download.log 2>&1); }

mkdir -p "$(dirname "$FOLDER")"
exec 9> "$FOLDER.lock"
flock 9
# A folder gets its name when it is whole.
if [ ! -x "$FOLDER/usr/bin/promtool" ]; then
  WORK=$(mktemp -d "$FOLDER.work.XXXXXX")
  # The package lists of a fresh machine are absent or old: refreshed only when that is why it failed, and one may.
  fetch || { apt-get -qq update > /dev/null 2>&1 && fetch; } || fail "the package could not be fetched: $(tail -n 3 "$WORK/download.log")"
  dpkg-deb --extract "$WORK"/prometheus_*.deb "$WORK/tree"
  rm -rf "$FOLDER"
  mv -T "$WORK/tree" "$FOLDER"
fi
"$FOLDER/usr/bin/promtool" --version > /dev/null 2>&1 || fail "$FOLDER/usr/bin/promtool does not run"
echo "PROMETHEUS_BIN=$FOLDER/usr/bin"
