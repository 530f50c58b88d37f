#!/bin/bash
# A newer PostgreSQL than this Debian has, for tests: server, programs, contrib and some extensions of a newer release,
# unpacked into a folder that runs here as any user, because the programs get that release's loader and libraries.
# Nothing is installed on the machine, no service is started, and root is not needed.
#
#   portable-pg.sh install [FOLDER]   a minute and 90 MB, once; prints one line: PG_BIN=... VERSION=... RELEASE=...
#
# The folder cannot be moved: the programs name their loader by its path. Servers run as another user than root, who may
# not be let into a cache below a home folder, so it is one below /var/tmp when none is named.
# RELEASE     Debian release to take it from (trixie)
# MAJOR       version of PostgreSQL in that release (17)
# MIRROR      package mirror (the one the host's apt uses)
# EXTENSIONS  packages of extensions, without `postgresql-MAJOR-` (partman repack pgaudit cron)
set -euo pipefail
export LC_ALL=C

usage() { sed -n '2,14s/^# \{0,1\}//p' "$0" >&2; exit 2; }
fail() { echo "portable-pg: $*" >&2; exit 1; }

[ $# -ge 1 ] && [ $# -le 2 ] && [ "$1" = install ] || usage
RELEASE=${RELEASE:-trixie}
MAJOR=${MAJOR:-17}
FOLDER=$(realpath -m "${2:-/var/tmp/holdfast-postgres-$(id -u)-$MAJOR}")
EXTENSIONS=${EXTENSIONS-partman repack pgaudit cron}
BIN=$FOLDER/usr/lib/postgresql/$MAJOR/bin
MODULES=$FOLDER/usr/lib/postgresql/$MAJOR/lib
WORK=
trap '[ -z "$WORK" ] || rm -rf "$WORK"' EXIT

# What the server does without: its compiler, languages with an interpreter, and what manages services and users.
readonly NOT_NEEDED='^(libllvm|llvm|libz3|perl|libperl|python|libpython|systemd|libsystemd-shared|dbus|adduser|debconf|passwd|login|util-linux|coreutils|bash|dash|dpkg|tzdata|locales|ssl-cert|postgresql-common|postgresql-client-common|libc-l10n|mawk|sed|grep|base-|init|sysvinit|hostname|diffutils|findutils|gzip|tar$|mount|ncurses|netbase|media-types)'

host_mirror() {
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' | grep -v security | head -n 1
}

# apt with lists and a state of its own: the machine's settings and packages stay as they are.
own_apt() {
  apt-get -qq -o "Dir=$WORK/apt" -o Dir::Etc::SourceParts=/dev/null -o Dir::Etc::TrustedParts=/etc/apt/trusted.gpg.d \
    -o "Dir::State::status=$WORK/apt/var/lib/dpkg/status" -o Acquire::Languages=none -o Acquire::Check-Valid-Until=false \
    -o Acquire::Retries=3 -o APT::Sandbox::User=root -o APT::Install-Recommends=false "$@"
}

download() {
  mkdir -p "$WORK"/apt/{etc/apt/preferences.d,etc/apt/apt.conf.d,var/lib/apt/lists/partial,var/cache/apt/archives/partial,var/lib/dpkg} \
    "$WORK/packages" "$WORK/root"
  : > "$WORK/apt/var/lib/dpkg/status"
  local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
  echo "deb [signed-by=$keyring] ${MIRROR:-$(host_mirror)} $RELEASE main" > "$WORK/apt/etc/apt/sources.list"
  own_apt update || fail "the package lists of $RELEASE could not be fetched"
  local wanted=("postgresql-$MAJOR" "postgresql-client-$MAJOR") name
  for name in $EXTENSIONS; do wanted+=("postgresql-$MAJOR-$name"); done
  # With all that they depend on, but nothing is installed.
  local packages
  packages=$(own_apt --print-uris --yes install "${wanted[@]}" | awk '{split($2, part, "_"); print part[1]}' | grep -vE "$NOT_NEEDED")
  # shellcheck disable=SC2086
  (cd "$WORK/packages" && own_apt download $packages > "$WORK/download.log" 2>&1) ||
    fail "the packages could not be fetched: $(tail -n 3 "$WORK/download.log")"
  for name in "$WORK"/packages/*.deb; do dpkg-deb --extract "$name" "$WORK/root"; done
}

# The host's, or one that is only unpacked.
find_patchelf() {
  command -v patchelf && return
  mkdir -p "$WORK/patchelf"
  fetch_patchelf || { apt-get -qq update > /dev/null 2>&1 && fetch_patchelf; } || fail "the package patchelf could not be fetched"
  dpkg-deb --extract "$WORK"/patchelf/patchelf_*.deb "$WORK/patchelf"
  echo "$WORK/patchelf/usr/bin/patchelf"
}
fetch_patchelf() { (cd "$WORK/patchelf" && apt-get -qq -o APT::Sandbox::User=root download patchelf > /dev/null 2>&1); }

is_elf() { [ "$(head -c 4 "$1" | tr -d '\177')" = ELF ]; }

# Copies the libraries that a program or library names, and those that they name.
take_libraries() {
  local name file
  for name in $("$PATCHELF" --print-needed "$1"); do
    [ ! -e "$FOLDER/lib/$name" ] || continue
    file=$(find "$WORK/root/usr/lib" -name "$name" -print -quit)
    [ -n "$file" ] || fail "the packages have no library $name"
    cp -L "$file" "$FOLDER/lib/$name"
    take_libraries "$FOLDER/lib/$name"
  done
}

build() {
  mkdir -p "$FOLDER/lib" "$FOLDER/usr/lib/postgresql" "$FOLDER/usr/share/postgresql"
  chmod 755 "$FOLDER"
  cp -a "$WORK/root/usr/lib/postgresql/$MAJOR" "$FOLDER/usr/lib/postgresql/"
  cp -a "$WORK/root/usr/share/postgresql/$MAJOR" "$FOLDER/usr/share/postgresql/"
  rm -rf "$MODULES/bitcode" "$MODULES"/llvmjit*
  local loader
  loader=$(find "$WORK/root/usr/lib" -name 'ld-linux*.so.*' -print -quit)
  [ -n "$loader" ] || fail 'the packages have no loader'
  cp -L "$loader" "$FOLDER/lib/"
  loader=$FOLDER/lib/$(basename "$loader")
  # glibc loads it by itself when a thread ends.
  cp -L "$WORK"/root/usr/lib/*-linux-gnu*/libgcc_s.so.1 "$FOLDER/lib/"
  PATCHELF=$(find_patchelf)
  local file
  find "$BIN" "$MODULES" -type f > "$WORK/files"
  while read -r file; do
    is_elf "$file" || continue
    take_libraries "$file"
    "$PATCHELF" --force-rpath --set-rpath "$FOLDER/lib" "$file"
    # A program, and no library.
    if "$PATCHELF" --print-interpreter "$file" > /dev/null 2>&1; then "$PATCHELF" --set-interpreter "$loader" "$file"; fi
  done < "$WORK/files"
  # regression-database.sh takes the tests of this very version.
  dpkg-deb --field "$WORK"/packages/"postgresql-${MAJOR}_"*.deb Version > "$FOLDER/VERSION"
  echo "$RELEASE" > "$FOLDER/RELEASE"
  echo "$EXTENSIONS" > "$FOLDER/EXTENSIONS"
  "$BIN/postgres" --version > /dev/null || fail "$BIN/postgres does not run"
  count_files > "$FOLDER/COMPLETE"
}

# A machine may clear away old files one by one.
count_files() { find "$FOLDER" -type f ! -name COMPLETE | wc -l; }
is_complete() {
  [ -f "$FOLDER/COMPLETE" ] && [ "$(cat "$FOLDER/COMPLETE")" = "$(count_files)" ] && [ "$(cat "$FOLDER/EXTENSIONS")" = "$EXTENSIONS" ]
}

mkdir -p "$(dirname "$FOLDER")"
# Its name may be a known one below a folder that is open to all.
[ ! -e "$FOLDER" ] || { [ -O "$FOLDER" ] && [ ! -L "$FOLDER" ]; } || fail "$FOLDER belongs to somebody else"
mkdir -p "$FOLDER"
exec 9< "$FOLDER"
flock 9
if ! is_complete; then
  find "$FOLDER" -mindepth 1 -delete
  WORK=$(mktemp -d)
  download
  build
fi
echo "PG_BIN=$BIN VERSION=$(cat "$FOLDER/VERSION") RELEASE=$(cat "$FOLDER/RELEASE")"
