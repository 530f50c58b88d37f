#!/bin/bash
# The database that PostgreSQL's own test suite leaves behind, as a cluster in a tar file: built once and kept.
#
#   regression-database.sh fetch MAJOR CACHE [TREE]   the suite's SQL and the headers, from Debian's packages: a few seconds
#   regression-database.sh build MAJOR CACHE [TREE]   fetches, runs the suite, packs its cluster: about a minute
#
# TREE is a folder that portable-pg.sh made, when the programs are not the machine's own. Both do nothing when their result is there. `build` prints: CLUSTER=<tar file> LIBRARIES=<folder>. The folder has the
# C functions that the database refers to by path; it must be where LIBRARIES says when a server uses them.
set -euo pipefail
export LC_ALL=C

usage() { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2; exit 2; }
fail() { echo "regression-database: $*" >&2; exit 1; }

[ $# -ge 3 ] && [ $# -le 4 ] && [[ $2 =~ ^[0-9]+$ ]] || usage
COMMAND=$1
MAJOR=$2
CACHE=$(realpath -m "$3")
TREE=${4:+$(realpath -m "$4")}
BIN=$TREE/usr/lib/postgresql/$MAJOR/bin
MODULES=$TREE/usr/lib/postgresql/$MAJOR/lib
[ -x "$BIN/postgres" ] || fail "no PostgreSQL $MAJOR below $TREE/usr/lib/postgresql"
REGRESS=$MODULES/pgxs/src/test/regress/pg_regress
[ -x "$REGRESS" ] || fail "the package postgresql-$MAJOR has no pg_regress"
if [ -n "$TREE" ]; then
  VERSION=$(cat "$TREE/VERSION")
  SOURCE_VERSION=$VERSION
else
  VERSION=$(dpkg-query --show --showformat '${Version}' "postgresql-$MAJOR")
  SOURCE_VERSION=$(dpkg-query --show --showformat '${source:Version}' "postgresql-$MAJOR")
fi
# Changes of this script that change its result get a new number.
HOME_OF_RESULT=$CACHE/postgres-regression-2-$VERSION
# The servers of the tests run as another user, who may not be let into the cache.
LIBRARIES=/var/tmp/holdfast-regression-$(id -u)-$MAJOR
WORK=

cleanup() {
  [ -z "$WORK" ] || [ ! -f "$WORK/data/postmaster.pid" ] || as_server "$BIN/pg_ctl" -D "$WORK/data" -m immediate stop > /dev/null || true
  [ -z "$WORK" ] || rm -rf "$WORK"
}
trap cleanup EXIT

# The server refuses to run as root.
as_server() {
  if [ "$(id -u)" = 0 ]; then setpriv --reuid postgres --regid postgres --init-groups "$@"; else "$@"; fi
}

make_work() {
  WORK=$(mktemp -d /var/tmp/holdfast-regression-work.XXXXXX)
  chmod 755 "$WORK"
}

# apt with package lists of our own, source packages included: the machine's settings stay as they are.
own_apt() {
  local tool=$1
  shift
  local quiet
  [ "$tool" = apt-cache ] && quiet= || quiet=-qq
  "$tool" $quiet -o Dir::Etc::SourceList="$WORK/sources.list" -o Dir::Etc::SourceParts=/dev/null \
    -o Dir::State::Lists="$WORK/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
    -o APT::Sandbox::User=root -o Acquire::Check-Valid-Until=false -o Acquire::Retries=3 "$@"
}

repositories() {
  local all
  all=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' | grep -E ' main$' | sort -u)
  if [ -z "$TREE" ]; then
    echo "$all"
  else
    echo "[signed-by=/usr/share/keyrings/debian-archive-keyring.gpg] $(echo "$all" | grep -v security | head -n 1 | cut -d ' ' -f 1) $(cat "$TREE/RELEASE") main"
  fi
}

fetch() {
  [ ! -d "$HOME_OF_RESULT/regress" ] || return 0
  make_work
  mkdir -p "$WORK/lists/partial" "$WORK/download" "$WORK/result"
  repositories | sed 's/^/deb-src /p; s/^deb-src /deb /' > "$WORK/sources.list"
  own_apt apt-get update || fail 'the package lists could not be fetched'

  # The suite of the very version where it is available; a mirror may lack one, and another minor serves as well.
  local versions version
  versions=$({ echo "$SOURCE_VERSION"
    own_apt apt-cache showsrc "postgresql-$MAJOR" | sed -n 's/^Version: //p' | sort -rV; } | awk '!seen[$0]++')
  for version in $versions; do
    (cd "$WORK/download" && own_apt apt-get source --download-only --tar-only "postgresql-$MAJOR=$version" > source.log 2>&1) && break
  done
  [ -n "$(find "$WORK/download" -name '*.orig.tar.*')" ] || fetch_known_source
  local tarball
  tarball=$(find "$WORK/download" -name '*.orig.tar.*' ! -name '*.asc' | head -n 1)
  [ -n "$tarball" ] || fail "no source package of PostgreSQL $MAJOR could be fetched: $(tail -n 3 "$WORK/download/source.log")"
  tar -xf "$tarball" -C "$WORK/result" --strip-components=3 --no-same-owner --no-same-permissions --wildcards '*/src/test/regress'
  basename "$tarball" > "$WORK/result/regress/SOURCE"
  fetch_psql "$version"

  local package=postgresql-server-dev-$MAJOR
  for version in "=$VERSION" ''; do
    (cd "$WORK/download" && own_apt apt-get download "$package$version" > headers.log 2>&1) && break
  done
  dpkg-deb --extract "$WORK"/download/"$package"_*.deb "$WORK/headers" || fail "no headers: $(tail -n 3 "$WORK/download/headers.log")"
  mv "$WORK/headers/usr/include/postgresql/$MAJOR/server" "$WORK/result/include"
  mkdir -p "$HOME_OF_RESULT"
  mv -T "$WORK/result/include" "$HOME_OF_RESULT/include" 2> /dev/null || true
  mv -T "$WORK/result/bin" "$HOME_OF_RESULT/bin" 2> /dev/null || true
  mv -T "$WORK/result/regress" "$HOME_OF_RESULT/regress"
}

# A mirror that lists a source and does not have it: an earlier minor's, which it keeps, by the checksum of its .dsc.
fetch_known_source() {
  [ "$MAJOR" = 17 ] || return 0
  version=$SOURCE_VERSION
  local file=postgresql-17_17.11.orig.tar.bz2 mirror
  mirror=$(grep -oE 'https?://[^ ]+' "$WORK/sources.list" | head -n 1)
  /usr/lib/apt/apt-helper download-file "${mirror%/}/pool/main/p/postgresql-17/$file" "$WORK/download/$file" \
    SHA256:dd27f2b3c59e73ed14aa3324901242bf69a032a6347805f274e6260322d42979 >> "$WORK/download/source.log" 2>&1 || rm -f "$WORK/download/$file"
}

# The suite is written for the psql of its own minor version: a later one may read a script in another way.
fetch_psql() {
  mkdir -p "$WORK/result/bin"
  if [ "$1" = "$SOURCE_VERSION" ]; then
    ln -s "$BIN/psql" "$WORK/result/bin/psql"
    return
  fi
  (cd "$WORK/download" && own_apt apt-get download "postgresql-client-$MAJOR=$1" > psql.log 2>&1) ||
    fail "no psql of version $1: $(tail -n 3 "$WORK/download/psql.log")"
  dpkg-deb --extract "$WORK"/download/"postgresql-client-$MAJOR"_*.deb "$WORK/client"
  local psql=$WORK/client/usr/lib/postgresql/$MAJOR/bin/psql
  if [ -z "$TREE" ]; then
    cp "$psql" "$WORK/result/bin/psql"
  else
    cp "$psql" "$WORK/result/bin/psql.program"
    printf '#!/bin/sh\nexec %s --library-path %s "${0}.program" "$@"\n' "$(echo "$TREE"/lib/ld-linux*.so.*)" "$TREE/lib" > "$WORK/result/bin/psql"
    chmod +x "$WORK/result/bin/psql"
  fi
}

# The suite's C functions, and two of the contrib modules that it uses by path.
place_libraries() {
  mkdir -p "$LIBRARIES"
  [ -O "$LIBRARIES" ] && [ ! -L "$LIBRARIES" ] || fail "$LIBRARIES belongs to somebody else"
  chmod 755 "$LIBRARIES"
  if [ ! -f "$HOME_OF_RESULT/regress.so" ]; then
    gcc -O1 -w -shared -fPIC -I"$HOME_OF_RESULT/include" -I"$HOME_OF_RESULT/regress" -D_GNU_SOURCE \
      "$HOME_OF_RESULT/regress/regress.c" -o "$HOME_OF_RESULT/regress.so.partial"
    mv "$HOME_OF_RESULT/regress.so.partial" "$HOME_OF_RESULT/regress.so"
  fi
  local file name
  for file in "$HOME_OF_RESULT/regress.so" "$MODULES/refint.so" "$MODULES/autoinc.so"; do
    name=$(basename "$file")
    cmp -s "$file" "$LIBRARIES/$name" && continue
    # A server may have the old one mapped: never write into it.
    install -m 755 "$file" "$LIBRARIES/.$name.$$"
    mv "$LIBRARIES/.$name.$$" "$LIBRARIES/$name"
  done
}

run_suite() {
  make_work
  cp -r "$HOME_OF_RESULT/regress" "$HOME_OF_RESULT/bin" "$WORK/"
  mkdir "$WORK/out" "$WORK/socket"
  [ "$(id -u)" != 0 ] || chown -R postgres:postgres "$WORK"
  cd "$WORK"
  as_server "$BIN/initdb" -D "$WORK/data" -U postgres -E UTF8 --no-locale --auth=trust --no-sync > "$WORK/initdb.log"
  as_server "$BIN/pg_ctl" -D "$WORK/data" -w -l "$WORK/server.log" start > /dev/null -o "-c listen_addresses= \
    -c unix_socket_directories=$WORK/socket -c fsync=off -c max_prepared_transactions=2 -c max_connections=60 \
    -c autovacuum=off -c wal_level=logical"
  # Failed tests are reported, not fatal: what counts here is what the suite leaves behind.
  as_server env PGUSER=postgres PATH="$BIN:$PATH" "$REGRESS" --inputdir="$WORK/regress" --outputdir="$WORK/out" \
    --bindir="$WORK/bin" --dlpath="$LIBRARIES" --host="$WORK/socket" --dbname=regression --max-concurrent-tests=20 \
    --schedule="$WORK/regress/parallel_schedule" > "$WORK/regress.log" 2>&1 || true
  local passed failed
  passed=$(grep -cE '^(test | +)[a-z_0-9. ]+ +\.\.\. +ok|^ok ' "$WORK/regress.log" || true)
  failed=$(grep -cE 'FAILED +[0-9]+ ms|^not ok ' "$WORK/regress.log" || true)
  [ "$passed" -ge 150 ] && [ "$failed" -le 10 ] || fail "the suite did not run ($passed passed, $failed failed): $(tail -n 20 "$WORK/regress.log")"
  as_server "$BIN/pg_ctl" -D "$WORK/data" -m fast -w stop > /dev/null
  cp "$WORK/regress.log" "$HOME_OF_RESULT/regress.log"
  [ ! -f "$WORK/out/regression.diffs" ] || cp "$WORK/out/regression.diffs" "$HOME_OF_RESULT/"
  echo "PASSED=$passed FAILED=$failed" > "$HOME_OF_RESULT/summary"
  tar -C "$WORK" -cf - data | zstd -q -3 -o "$HOME_OF_RESULT/cluster.partial" -f
  mv "$HOME_OF_RESULT/cluster.partial" "$HOME_OF_RESULT/cluster.tar.zst"
}

mkdir -p "$CACHE"
exec 9> "$HOME_OF_RESULT.lock"
flock 9
case $COMMAND in
  fetch) fetch ;;
  build)
    # In a process of its own, so that the work folder of one is removed before the next.
    (trap cleanup EXIT; fetch)
    place_libraries
    [ -f "$HOME_OF_RESULT/cluster.tar.zst" ] || run_suite
    echo "CLUSTER=$HOME_OF_RESULT/cluster.tar.zst LIBRARIES=$LIBRARIES $(cat "$HOME_OF_RESULT/summary") SOURCE=$(cat "$HOME_OF_RESULT/regress/SOURCE")"
    ;;
  *) usage ;;
esac
