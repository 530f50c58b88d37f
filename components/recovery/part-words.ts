import type { RecoveryWindow } from '@/lib/contracts/recovery/continuous'
import { formatExact } from '@/lib/client/format/time'
import type { BarPart } from './bar-layout'

/** Why a window ends where it ends, or that it does not. */
export const endOf = ({ endsBecause }: Pick<RecoveryWindow, 'endsBecause'>, isFollowed: boolean): string =>
  endsBecause ?? (isFollowed ? 'It goes on.' : 'The log is not followed any more.')

/** A part of the bar as a sentence, with times in the zone. */
export function partWords(part: BarPart, isFollowed: boolean, timeZone: string): string {
  const time = (at: string | null) => (at === null ? 'an unknown time' : formatExact(new Date(at), timeZone))
  const { from, to } = part.of
  if (part.kind === 'gap') return `Gap from ${time(from)} to ${time(to)}. ${part.of.because}`
  return `Every point from ${time(from)} to ${time(to)}. ${endOf(part.of, isFollowed)}`
}
