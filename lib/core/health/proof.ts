/** What came after the newest proven backup, or, where none is proven, all there is; the last hundred runs are counted. */
export interface NewerRuns {
  /** Good backups that no restore test has looked at. */
  untested: number
  /** Backups that a verify or restore test found broken. */
  broken: number
  /** Runs that failed or were interrupted. */
  failed: number
  /** Runs that were due and did not start. */
  missed: number
}

/** How far a source is proven, and the gap to its newest run. */
export interface ProofFacts {
  /** Start of the newest proven backup that is still stored: the point its data stands for. Null: none is proven. */
  provenUpTo: string | null
  newer: NewerRuns
  /** What that backup lacks, because its role is not shown it. */
  except: readonly string[]
}

/** From here on the count is only known to be at least this. */
const mostCounted = 100

/**
 * The one sentence about what is proven, wherever a source is described: "Proven up to 21:44; 1 newer backup not tested".
 * `time` spells the instant for its reader: in their zone on a screen, in UTC elsewhere.
 */
export function proofWords({ provenUpTo, newer, except }: ProofFacts, time: (at: Date) => string): string {
  const gap = newerWords(newer, provenUpTo !== null)
  const head =
    provenUpTo !== null
      ? `Proven up to ${time(new Date(provenUpTo))}${exceptWords(except)}`
      : newer.untested > 0
        ? 'Nothing proven'
        : newer.broken + newer.failed + newer.missed > 0
          ? 'No good backup'
          : 'No backup yet'
  return gap ? `${head}; ${gap}` : head
}

/** " except subscription audit and 2 more"; empty when nothing is lacking. */
export function exceptWords([first, ...others]: readonly string[]): string {
  if (first === undefined) return ''
  return ` except ${first}${others.length > 0 ? ` and ${others.length} more` : ''}`
}

/** The gap alone, worst first: "1 newer backup broken, 2 newer backups not tested". Empty without one. */
export function newerWords(newer: NewerRuns, afterProven: boolean): string {
  const age = afterProven ? 'newer ' : ''
  const said = (count: number, noun: string, what: string) =>
    count === 0 ? [] : [`${counted(count)} ${age}${noun}${count === 1 ? '' : 's'} ${what}`]
  return [
    ...said(newer.broken, 'backup', 'broken'),
    ...said(newer.failed, 'run', 'failed'),
    ...said(newer.missed, 'run', 'missed'),
    ...said(newer.untested, 'backup', 'not tested'),
  ].join(', ')
}

const counted = (count: number): string => (count >= mostCounted ? `at least ${mostCounted}` : String(count))

/** True when the newest run that left a backup is proven, lacks nothing, and nothing after it went wrong: the only green there is. */
export function isProvenToTheEnd({ provenUpTo, newer, except }: ProofFacts): boolean {
  return provenUpTo !== null && except.length === 0 && newer.untested + newer.broken + newer.failed + newer.missed === 0
}
