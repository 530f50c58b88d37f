import { HoldfastError } from '@/lib/core/holdfast-error'
import { leftOut } from '@/lib/process/stderr-tail'

/** What GNU tar says, in the C locale, of files that others change, cut or remove while it reads them. */
const passing = [
  /^".*": file changed as we read it$/,
  /^".*": File removed before we read it$/,
  /^".*": File shrank by \d+ bytes?; padding with zeros$/,
  /^".*": Cannot (stat|open|readlink|fstat): No such file or directory$/,
  /^".*": Cannot (stat|open|readlink): Not a directory$/,
  /^".*": Cannot (open|readlink): (Too many levels of symbolic links|Invalid argument)$/,
]
const summary = /^Exiting with failure status due to previous errors$/

/**
 * Whether tar failed only because of files that others were changing: they are recorded, and no failure. When more was said than is
 * kept, nobody can tell.
 */
export function isPassingTrouble(error: unknown): boolean {
  if (!(error instanceof HoldfastError) || error.code !== 'command-failed') return false
  const { exitCode, stderr } = error.facts
  if ((exitCode !== 1 && exitCode !== 2) || typeof stderr !== 'string') return false
  const lines = stderr.split('\n').filter(Boolean)
  if (lines.length === 0 || lines.includes(leftOut)) return false
  const said = lines.map((line) => /^(?:\S*\/)?tar: (.*)$/.exec(line)?.[1] ?? line)
  return said.every((text) => summary.test(text) || passing.some((pattern) => pattern.test(text)))
}
