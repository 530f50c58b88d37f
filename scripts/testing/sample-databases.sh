#!/bin/bash
# The scripts with which public programs make their databases, out of Debian's packages: fetched once and kept.
#
#   sample-databases.sh CACHE     prints one line each: NAME FILE, a script for psql
#
# Nothing is installed: a package is only unpacked.
set -euo pipefail
export LC_ALL=C
[ $# = 1 ] || { sed -n '2,6s/^# \{0,1\}//p' "$0" >&2; exit 2; }
mkdir -p "$1"
CACHE=$(realpath "$1")/sample-databases-1
exec 9> "$CACHE.lock"
flock 9

# fetch PACKAGE FOLDER: the folder of the package, unpacked below the cache
fetch() {
  [ ! -d "$CACHE/$1" ] || return 0
  local work
  work=$(mktemp -d)
  chmod 755 "$work"
  (cd "$work" && apt-get -qq -o APT::Sandbox::User=root -o Acquire::Retries=3 download "$1" > /dev/null) ||
    { rm -rf "$work"; echo "sample-databases: the package $1 could not be fetched" >&2; exit 1; }
  dpkg-deb --extract "$work/$1"_*.deb "$work/files"
  mkdir -p "$CACHE"
  cp -r "$work/files/$2" "$CACHE/$1.partial"
  mv "$CACHE/$1.partial" "$CACHE/$1"
  rm -rf "$work"
}

fetch kea-admin usr/share/kea/scripts/pgsql
fetch zabbix-server-pgsql usr/share/zabbix-server-pgsql
ZABBIX=$CACHE/zabbix-server-pgsql/all.sql
[ -f "$ZABBIX" ] || { zcat "$CACHE/zabbix-server-pgsql/"{schema,images,data}.sql.gz > "$ZABBIX.partial" && mv "$ZABBIX.partial" "$ZABBIX"; }
echo "kea $CACHE/kea-admin/dhcpdb_create.pgsql"
echo "zabbix $ZABBIX"
