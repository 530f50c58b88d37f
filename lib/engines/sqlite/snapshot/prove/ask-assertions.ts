import type { Check } from '@/lib/contracts/backup'
import type { SqlAssertion } from '@/lib/contracts/engines/common'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { CommandSpec } from '@/lib/ports/process'
import type { RunContext } from '@/lib/ports/run-context'
import { answersSchema } from '../../reader/answers'
import { askReader, ReaderError } from '../../reader/ask-reader'

const limitMs = 60_000
/** Answers are quoted in checks and in the evidence. */
const shownText = 1_000

export interface RestoredFile {
  /** As the source has it, for people. */
  called: string
  file: string
  confine(spec: CommandSpec): CommandSpec
}

/** Asks a restored database each question. A wrong answer fails; a question that cannot be answered decides nothing. */
export async function askAssertions(
  database: RestoredFile,
  assertions: SqlAssertion[],
  run: RunContext,
  timeoutMs: number = limitMs,
): Promise<Check[]> {
  const checks: Check[] = []
  for (const assertion of assertions) checks.push(await ask(database, assertion, run, timeoutMs))
  return checks
}

async function ask(
  { called, file, confine }: RestoredFile,
  { name, sql, expected }: SqlAssertion,
  run: RunContext,
  timeoutMs: number,
): Promise<Check> {
  const about = { name: 'sql-assertion', expected }
  const asked = `Asked of ${called}: ${sql}`
  const limit = AbortSignal.timeout(timeoutMs)
  const signal = AbortSignal.any([run.signal, limit])
  try {
    const { answers } = await askReader({ do: 'ask', path: file, sql }, answersSchema, { ...run, signal }, { confine })
    const [first] = answers
    const actual = answers.length === 1 ? (first ?? 'NULL') : answers.length === 0 ? 'no row' : 'more than one row'
    if (answers.length === 1 && first === expected)
      return { ...about, verdict: 'passed', actual, detail: `${name}. ${asked}` }
    const shown = actual.slice(0, shownText)
    return {
      ...about,
      verdict: 'failed',
      actual: shown,
      detail:
        `${name}: the restored database answers "${shown}" where "${expected}" was expected. ` +
        `Either the data was already so when it was backed up, or what is expected is out of date. ${asked}`,
    }
  } catch (error) {
    run.signal.throwIfAborted()
    if (!limit.aborted && !(error instanceof ReaderError) && !(error instanceof HoldfastError)) throw error
    const reason = limit.aborted
      ? `it took longer than ${timeoutMs / 1_000} seconds`
      : error instanceof Error
        ? error.message
        : String(error)
    return {
      ...about,
      verdict: 'inconclusive',
      detail: `${name}: the question could not be answered: ${reason}. ${asked}`,
    }
  }
}
