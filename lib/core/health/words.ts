/** An instant in words that mean the same to every reader. */
export const stamp = (at: Date): string => `${at.toISOString().slice(0, 16).replace('T', ' ')} UTC`

const units: [number, string][] = [
  [86_400_000, 'day'],
  [3_600_000, 'hour'],
  [60_000, 'minute'],
]

/** A length of time in the largest unit of which it is two or more, or exactly one. */
export function span(ms: number): string {
  const [unitMs, word] = units.find(([unit]) => ms >= 2 * unit || ms === unit) ?? [1_000, 'second']
  const count = Math.round((ms / unitMs) * 10) / 10
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
