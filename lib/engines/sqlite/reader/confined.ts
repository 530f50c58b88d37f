import { closeSync, openSync } from 'node:fs'
import type { CommandSpec } from '@/lib/ports/process'
import type { Confinement } from '@/lib/ports/sandbox'

/**
 * How the reader is run on a file that is not trusted: it sees this file and the system's programs. Where there is no room
 * of its own but only a user, node may lie where that user cannot walk to: then it is handed over, opened.
 */
export function confined({ command, report }: Confinement, file: string): (spec: CommandSpec) => CommandSpec {
  return (spec) => {
    if (report.by !== 'user') return command(spec, { read: [file, spec.file] })
    const program = openSync(spec.file, 'r')
    try {
      return command({ ...spec, file: '/proc/self/fd/0', stdin: program }, { read: [file] })
    } catch (error) {
      closeSync(program)
      throw error
    }
  }
}
