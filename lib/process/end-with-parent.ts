import { spawn } from 'node:child_process'
import { Socket } from 'node:net'
import type { Writable } from 'node:stream'
import { exactEnvironment } from './exact-environment'

/**
 * Ends what is left of us when we are killed with SIGKILL, where no handler runs. One small shell per process of Holdfast
 * reads from a pipe which groups are alive; when we die the kernel closes the pipe, and the shell kills them. (The
 * parent-death signal reaches only the direct child: the workers of `pg_restore -j` would survive their leader.)
 */
const script = `
groups=
while read -r verb group; do
  case $verb in
    add) groups="$groups $group" ;;
    end) kept=; for g in $groups; do [ "$g" = "$group" ] || kept="$kept $g"; done; groups=$kept ;;
  esac
done
for g in $groups; do kill -s KILL -- "-$g"; done
`

const active = new Set<number>()
let pipe: Writable | null = null

function open(): Writable | null {
  const child = spawn('/bin/sh', ['-c', script], {
    detached: true,
    env: exactEnvironment({}),
    cwd: '/',
    stdio: ['pipe', 'ignore', 'ignore'],
  })
  const stdin = child.stdin
  const forget = () => {
    if (pipe === stdin) pipe = null
  }
  // Without the shell the parent-death signal and closing pipes still end most tools, so its loss is not fatal.
  child.on('error', forget)
  child.on('exit', forget)
  stdin.on('error', forget)
  // It must not keep us running.
  child.unref()
  if (stdin instanceof Socket) stdin.unref()
  for (const group of active) stdin.write(`add ${group}\n`)
  return stdin
}

/** Has the group killed if this process dies. Returns the release, to be called once the group is empty. */
export function endWithParent(groupId: number): () => void {
  active.add(groupId)
  if (pipe) pipe.write(`add ${groupId}\n`)
  else pipe = open()
  return () => {
    if (active.delete(groupId)) pipe?.write(`end ${groupId}\n`)
  }
}
