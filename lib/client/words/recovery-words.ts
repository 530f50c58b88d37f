import type { PointTarget, RecoveryState, RecoveryUse } from '@/lib/contracts/recovery/recoveries'
import { formatPrecise } from '@/lib/client/format/time'
import { nameWords } from './audit-words'
import type { Tone } from './words'

export const recoveryStateWords: Record<RecoveryState, { label: string; tone: Tone; means: string }> = {
  queued: { label: 'Queued', tone: 'neutral', means: 'Waits for a worker' },
  running: { label: 'Recovering', tone: 'running', means: 'A worker is recovering it' },
  ready: { label: 'Open', tone: 'info', means: 'The point was reached and can be looked at' },
  finished: { label: 'Finished', tone: 'info', means: 'The point was reached, and what was asked for is in its place' },
  failed: { label: 'Failed', tone: 'bad', means: 'Nothing of it is left' },
  closed: { label: 'Ended', tone: 'neutral', means: 'It was ended, and nothing of it is left' },
}

/** A worker has it, or will. */
export const isUnderWay = (state: RecoveryState): boolean => state === 'queued' || state === 'running'

export const recoveryUseWords: Record<RecoveryUse, { label: string; purpose: string; hint: string }> = {
  look: {
    label: 'Look',
    purpose: 'to be looked at',
    hint: 'Ask it with SQL here. It is held apart from every network, cannot be written to, and is removed after two hours.',
  },
  take: {
    label: 'Take',
    purpose: 'to be copied from',
    hint: 'Copy a database of it, or some tables, into a new database on a server. Nothing that exists is written to.',
  },
  'hand-over': {
    label: 'Hand over',
    purpose: 'to be handed over',
    hint: 'Get the whole server as a new folder on the worker’s machine, to be started there.',
  },
}

/** Where a recovery goes, within a sentence. */
export function targetWords(target: PointTarget, timeZone: string): string {
  switch (target.type) {
    case 'latest':
      return 'the latest state'
    case 'immediate':
      return 'the end of the newest base backup'
    case 'time':
      return formatPrecise(new Date(target.value), timeZone)
    case 'lsn':
      return `position ${target.value}`
    case 'xid':
      return `transaction ${target.value}`
    case 'name':
      return `restore point ${target.value}`
  }
}

/** Steps by how long they took, the longest first, with the unit taken off their names. */
export const stepsOf = (steps: Readonly<Record<string, number>>): { name: string; ms: number }[] =>
  Object.entries(steps)
    .map(([name, ms]) => ({ name: nameWords(name.replace(/Ms$/, '')), ms }))
    .toSorted((one, other) => other.ms - one.ms)
