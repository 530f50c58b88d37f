import { lchown, lstat } from 'node:fs/promises'
import type { RunContext } from '@/lib/ports/run-context'
import { findTool } from '@/lib/process/find-tool'
import { runCommand } from '@/lib/process/run-command'
import type { SandboxUser } from './user'
import { intoSubordinates } from './means'

type Run = Pick<RunContext, 'signal' | 'logger'>

/** What the worker does with files that belong to the confined user: as root, or as root of the namespace of its users. */
export function ownershipOf(user: SandboxUser, run: Run) {
  const prefix = user.kind === 'sub' ? intoSubordinates() : []
  const as = async (args: string[], scope: Run): Promise<string> => {
    const [file = '', ...rest] = [...prefix, ...args]
    const command = runCommand({ file, args: rest, cwd: '/' }, scope)
    let text = ''
    for await (const chunk of command.stdout) text += String(chunk)
    await command.exited
    return text
  }
  // What belongs to the sandbox is removed also when the run was aborted.
  const always: Run = { ...run, signal: new AbortController().signal }
  return {
    async give(paths: string[]): Promise<void> {
      if (user.kind === 'shared' || user.uid === undefined) return
      const rest: string[] = []
      for (const path of paths) {
        // A single file needs no program of its own.
        if (user.kind === 'own' && !(await lstat(path)).isDirectory()) await lchown(path, user.uid, user.uid)
        else rest.push(path)
      }
      if (rest.length > 0) await as([tool('chown'), '-R', '-h', `${user.uid}:${user.uid}`, '--', ...rest], run)
    },
    async takeBack(paths: string[]): Promise<void> {
      if (user.kind === 'shared') return
      // In the namespace of subordinate users, root is who the worker is outside of it.
      const own = user.kind === 'sub' ? '0:0' : `${process.getuid?.() ?? 0}:${process.getgid?.() ?? 0}`
      await as([tool('chown'), '-R', '-h', own, '--', ...paths], run)
    },
    async diskUsage(paths: string[], scope: Run): Promise<number> {
      // Files that vanish meanwhile make du fail; what it counted by then is used all the same.
      const command = [...['/bin/sh', '-c', 'du -scB1 -- "$@" 2>/dev/null | tail -n 1', 'sh'], ...paths]
      return Number.parseInt(await as(command, scope), 10) || 0
    },
    async remove(paths: string[]): Promise<void> {
      await as([tool('rm'), '-rf', '--', ...paths], always)
    },
  }
}

const tool = (name: string) => findTool(name, ['/bin', '/usr/bin']) ?? name
