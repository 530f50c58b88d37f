import { spawnSync } from 'node:child_process'
import type { CommandSpec } from '@/lib/ports/process'
import { findTool } from './find-tool'

let deathSignal: string[] | null = null

/** `setpriv` of util-linux; the one of BusyBox knows no `--pdeathsig`, so it is tried once. */
function deathSignalPrefix(): string[] {
  if (deathSignal) return deathSignal
  const setpriv = process.platform === 'linux' ? findTool('setpriv') : null
  const prefix = setpriv ? [setpriv, '--pdeathsig', 'KILL', '--'] : []
  const works = setpriv && spawnSync(setpriv, [...prefix.slice(1), '/bin/true'], { timeout: 2_000 }).status === 0
  deathSignal = works ? prefix : []
  return deathSignal
}

/**
 * Programs that go in front of a tool on its command line. Each replaces itself by the next, so the process id and the
 * group stay the tool's own. They are used where they exist: the tool runs without them as well.
 */
export function launchPrefix({
  priority = 'normal',
  bulkInput = false,
  bulkOutput = false,
}: Pick<CommandSpec, 'priority' | 'bulkInput' | 'bulkOutput'>): string[] {
  const prefix = [...deathSignalPrefix()]
  const nice = priority === 'normal' ? null : findTool('nice')
  if (nice) prefix.push(nice, '-n', priority === 'low' ? '10' : '19')
  const ionice = priority === 'lowest' ? findTool('ionice') : null
  if (ionice) prefix.push(ionice, '-c', '3', '-t')
  // pg_dump and pg_restore use the C library, which takes 4 KiB for a pipe's buffer: the other end would wake up for each.
  const stdbuf = bulkInput || bulkOutput ? findTool('stdbuf') : null
  if (stdbuf) prefix.push(stdbuf, bulkInput ? '--input=64K' : '--output=64K')
  return prefix
}
