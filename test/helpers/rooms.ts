import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { exactEnvironment } from '@/lib/process/exact-environment'

/**
 * Where the worker may find itself. Each is made with namespaces of its own, so that neither the machine's users nor its
 * programs change: `root`; `ordinary`, a user who has no others; `subordinate`, one who has (subuid(5)); and for each
 * whether bubblewrap is there, and whether namespaces may be made at all, as in an ordinary container they may not.
 */
export interface RoomPlan {
  who: 'root' | 'ordinary' | 'subordinate'
  bubblewrap: boolean
  namespaces: boolean
  /** Of root: false where it may not administer the system, but its users may make namespaces of their own. */
  administers?: boolean
}

/** A user that nobody is; its subordinate users are as free. */
const ordinaryUid = 58_111
const subordinates = { first: 1_000_000, count: 65_536 }

/** Ends with the command line that the room runs. */
function script(plan: RoomPlan, folder: string): string {
  const own = (file: string, line: string) => {
    const copy = path.join(folder, path.basename(file))
    writeFileSync(copy, `${read(file)}${line}\n`)
    return `[ -e ${file} ] || touch ${file}; mount --bind ${copy} ${file}`
  }
  const user = `holdfast-test:x:${ordinaryUid}:${ordinaryUid}::/nonexistent:/bin/sh`
  const range = `holdfast-test:${subordinates.first}:${subordinates.count}`
  const as = `--reuid ${ordinaryUid} --regid ${ordinaryUid} --clear-groups --inh-caps=-all`
  const free = plan.namespaces && plan.administers !== false
  const contained = free ? '' : '--bounding-set=-sys_admin --inh-caps=-sys_admin'
  const drop = plan.who === 'root' ? contained : as
  return [
    'set -e',
    ...(plan.who === 'root' ? [] : [own('/etc/passwd', user), own('/etc/group', `holdfast-test:x:${ordinaryUid}:`)]),
    ...(plan.who === 'subordinate' ? [own('/etc/subuid', range), own('/etc/subgid', range)] : []),
    ...(plan.bubblewrap ? [] : ['[ ! -e /usr/bin/bwrap ] || mount --bind /dev/null /usr/bin/bwrap']),
    ...(plan.namespaces ? [] : [own('/etc/subuid', 'root:0:65536'), own('/etc/subgid', 'root:0:65536')]),
    ...(plan.namespaces
      ? [`exec setpriv ${drop} -- "$@"`]
      : [
          // The switch for namespaces belongs to a user namespace: one in which everybody is who they are outside.
          "exec unshare --user --map-users=0,0,65536 --map-groups=0,0,65536 -- sh -c '",
          '  echo 0 > /proc/sys/user/max_user_namespaces',
          `  exec setpriv ${drop} -- "$@"' sh "$@"`,
        ]),
  ].join('\n')
}

/** Runs a program in the room and answers what it printed. Needs root, as the rooms are made of namespaces. */
export async function runInRoom(plan: RoomPlan, folder: string, command: string[]): Promise<string> {
  mkdirSync(folder, { recursive: true })
  const args = ['--mount', '--propagation', 'private', '--', '/bin/sh', '-c', script(plan, folder), 'sh']
  const env = exactEnvironment({
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    LC_ALL: 'C.UTF-8',
  })
  const child = spawn('unshare', [...args, ...command], { stdio: ['ignore', 'pipe', 'pipe'], env, cwd: '/' })
  let [output, errors] = ['', '']
  child.stdout.on('data', (chunk) => (output += String(chunk)))
  child.stderr.on('data', (chunk) => (errors += String(chunk)))
  const code = await new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve))
  if (code !== 0 || output === '') throw new Error(`the room ended with code ${code}: ${errors.slice(-2_000)}`)
  return output
}

/** Whom an ordinary worker in a room is, for files that it needs to reach. */
export const roomUser = (plan: RoomPlan) => (plan.who === 'root' ? 0 : ordinaryUid)

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
