import type { LogWay, Protection } from '@/lib/contracts/recovery/protection'
import { formatDuration } from '@/lib/client/format/duration'

export const ways = ['dumps', 'continuous', 'both'] as const
export type Way = (typeof ways)[number]

/** As the form holds it, by the contract's paths; `way` stands for `dumps` and `continuous`. */
export interface ProtectionValues {
  protection: {
    way: Way
    log: LogWay
    sliceMs: string
    destinationIds: string[]
  }
}

export const wayOf = ({ dumps, continuous }: Pick<Protection, 'dumps' | 'continuous'>): Way => {
  if (!continuous) return 'dumps'
  return dumps ? 'both' : 'continuous'
}

/** Switching it on begins with keeping the dumps. */
export const protectionValues = (stored: Protection): ProtectionValues => ({
  protection: {
    way: stored.continuous ? wayOf(stored) : 'both',
    log: stored.log,
    sliceMs: String(stored.sliceMs),
    destinationIds: stored.destinationIds ?? [],
  },
})

/** The same as the API takes it. Without destinations the log goes where backups go. */
export function protectionBody({ protection: { way, log, sliceMs, destinationIds } }: ProtectionValues) {
  if (way === 'dumps') return { protection: { dumps: true, continuous: false } }
  return {
    protection: {
      dumps: way === 'both',
      continuous: true,
      log,
      sliceMs: Number(sliceMs),
      ...(destinationIds.length > 0 ? { destinationIds } : {}),
    },
  }
}

/** What the contract leaves open: destinations that were named can be changed, not taken back. */
export const protectionMessages =
  (stored: Protection) =>
  ({ protection: { way, destinationIds } }: ProtectionValues): Readonly<Record<string, string>> =>
    way !== 'dumps' && stored.destinationIds !== undefined && destinationIds.length === 0
      ? { 'protection.destinationIds': 'Choose at least one destination' }
      : {}

const usualObjectives = [10_000, 30_000, 60_000, 300_000]

/** The usual objectives, and the one that is stored. */
export const objectiveChoices = (storedMs: number) =>
  [...new Set([...usualObjectives, storedMs])]
    .toSorted((one, other) => one - other)
    .map((ms) => ({ value: String(ms), label: formatDuration(ms) }))
