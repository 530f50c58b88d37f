import { findTool } from '@/lib/process/find-tool'
import { bubblewrapPrefix } from './bubblewrap'
import type { SandboxUser } from './user'
import { noNetworkPrefix } from './no-network'
import type { Shown } from './system-view'

/** What is asked of a means: these files, and a network or none. */
export interface Room {
  /** An empty folder to build upon. */
  base: string
  shown: Shown[]
  network: boolean
}

/** One way to keep a program apart: what stands in front of its command line. */
export interface Means {
  by: 'bubblewrap' | 'util-linux' | 'user' | 'nothing'
  /** Whether it can be tried for such a user. */
  suits(user: SandboxUser): boolean
  prefix(user: SandboxUser, room: Room): string[]
}

const adminFolders = ['/usr/sbin', '/sbin']
const tool = (name: string) => findTool(name, adminFolders) ?? name

/** The last step before the program: nobody's privileges, nobody's groups. */
function dropTo(uid: number | undefined): string[] {
  const id = String(uid ?? 65_534)
  return [tool('setpriv'), '--reuid', id, '--regid', id, '--clear-groups', '--inh-caps', '-all', '--no-new-privs', '--']
}

/** Into a namespace where the worker's own user is root and its subordinate users are the others. */
export const intoSubordinates = () => [tool('unshare'), '--user', '--map-root-user', '--map-auto', '--']

/**
 * bubblewrap. Where a user can be changed to (as root, or as root of a user namespace) it is changed to inside, so that
 * folders which that user could not walk to can be shown to it. Else bubblewrap makes the user namespace itself.
 */
const bubblewrap: Means = {
  by: 'bubblewrap',
  suits: () => true,
  prefix: (user, room) => [
    ...(user.kind === 'sub' ? intoSubordinates() : []),
    ...bubblewrapPrefix({
      shown: room.shown,
      network: room.network,
      kernelFolders: true,
      capabilities: user.kind === 'shared' ? null : ['CAP_SETUID', 'CAP_SETGID'],
    }),
    ...(user.kind === 'shared' ? [] : dropTo(user.uid)),
  ],
}

/** For root of a container that may not make namespaces itself, where its users may: the user first, then the namespace. */
const unprivileged: Means = {
  by: 'bubblewrap',
  suits: ({ kind }) => kind === 'own',
  prefix: (user, room) => [...dropTo(user.uid), ...bubblewrap.prefix({ kind: 'shared' }, room)],
}

/**
 * The same by util-linux: a private root on a small file system in memory. What is shown keeps flags that the machine
 * set and a user namespace may not lift, hence the second attempt with `noexec`.
 */
const privateRoot = `
set -eu
umask 022
export PATH="$PATH:/usr/sbin:/sbin"
root=$1; shift
flag() { mount -o "remount,bind,nosuid,nodev$2" "$1" 2>/dev/null || mount -o "remount,bind,nosuid,nodev,noexec$2" "$1"; }
mount -t tmpfs -o mode=755,size=8m,nosuid,nodev sandbox "$root"
mkdir "$root/proc" "$root/dev"
mount -t proc -o nosuid,nodev,noexec proc "$root/proc"
for name in null zero full random urandom; do : > "$root/dev/$name"; mount --bind "/dev/$name" "$root/dev/$name"; done
ln -s /proc/self/fd "$root/dev/fd"
while [ "$1" != -- ]; do
  case $1 in
    link) mkdir -p "$root\${3%/*}"; ln -s "$2" "$root$3"; shift 3 ;;
    read|write)
      if [ -d "$2" ]; then mkdir -p "$root$3"; else mkdir -p "$root\${3%/*}"; : > "$root$3"; fi
      mount --rbind "$2" "$root$3"
      if [ "$1" = read ]; then flag "$root$3" ,ro; else flag "$root$3" ''; fi
      shift 3 ;;
  esac
done
shift
cd "$root"
pivot_root . .
umount -l .
mount -o remount,bind,ro,nosuid,nodev /
cd /
exec "$@"
`

const utilLinux: Means = {
  by: 'util-linux',
  suits: () => true,
  prefix: (user, room) => [
    ...(user.kind === 'sub' ? intoSubordinates() : []),
    ...(user.kind === 'shared' ? [tool('unshare'), '--user', '--map-root-user', '--'] : []),
    ...[tool('unshare'), '--mount', '--propagation', 'private', '--pid', '--fork', '--kill-child', '--ipc', '--uts'],
    ...(room.network ? [] : ['--net']),
    ...['--', '/bin/sh', '-c', privateRoot, 'sh', room.base],
    ...room.shown.flatMap((shown) =>
      shown.as === 'link' ? ['link', shown.to, shown.path] : [shown.as, shown.from ?? shown.path, shown.path],
    ),
    '--',
    ...(user.kind === 'shared'
      ? [tool('unshare'), '--user', '--map-user=65534', '--map-group=65534', '--']
      : dropTo(user.uid)),
    ...[tool('setpriv'), '--no-new-privs', '--bounding-set', '-all', '--inh-caps', '-all', '--'],
  ],
}

/** Where no namespace may be made, as in an ordinary container: a user of its own, and no way to become another. */
const user: Means = {
  by: 'user',
  suits: ({ kind }) => kind !== 'sub',
  prefix: (user, room) => [
    ...(user.kind === 'own'
      ? // The death signal is forgotten when the user changes, so it is asked for once more.
        [...dropTo(user.uid), tool('setpriv'), '--pdeathsig', 'KILL', '--']
      : [tool('setpriv'), '--no-new-privs', '--']),
    ...(room.network ? [] : noNetworkPrefix()),
  ],
}

const nothing: Means = { by: 'nothing', suits: ({ kind }) => kind !== 'sub', prefix: () => [] }

/** From the strongest on. The first that works on this machine is taken; what it is worth, the probe says. */
export const allMeans: Means[] = [bubblewrap, unprivileged, utilLinux, user, nothing]
