import { basename } from 'node:path'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { CommandSpec } from '@/lib/ports/process'
import { redact } from './redact'
import { tellingLine } from './telling-line'

/** How a tool ended, as the operating system reports it. */
export interface CommandEnd {
  exitCode: number | null
  signal: NodeJS.Signals | null
  /** Already redacted. */
  stderr: string
}

/** `command-failed` with everything a person needs to see why; secrets are redacted. */
export function commandError(spec: CommandSpec, end: CommandEnd, cause?: unknown): HoldfastError {
  const { file, args } = spec.tool ?? spec
  const name = basename(file)
  const how = end.signal ? `was ended by ${end.signal}` : `failed with exit code ${end.exitCode ?? 'unknown'}`
  const said = tellingLine(end.stderr)
  return new HoldfastError('command-failed', `${name} ${how}${said ? `: ${said}` : ''}`, {
    facts: {
      command: redact([name, ...args].join(' '), spec.secrets),
      exitCode: end.exitCode,
      signal: end.signal,
      stderr: end.stderr,
    },
    ...(end.signal === 'SIGKILL'
      ? { remedy: 'The system may have run out of memory: look for "Out of memory" in its kernel log.' }
      : {}),
    cause,
  })
}

/** `command-missing`: the program is not installed or may not be executed. */
export function commandMissing(file: string): HoldfastError {
  return new HoldfastError('command-missing', `The program ${file} was not found or may not be executed`, {
    remedy: `Install ${basename(file)} on the machine that runs the worker, or add its folder to PATH.`,
    facts: { command: file },
  })
}
