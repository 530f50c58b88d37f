/**
 * How much later than due an occurrence starts: spread evenly over 0 to `jitterSeconds`, and deterministic, so that all
 * workers agree and asking again changes nothing.
 */
export function jitterMs(scheduleId: string, dueAt: Date, jitterSeconds: number): number {
  if (jitterSeconds <= 0) return 0
  // FNV-1a, finished as murmur does so that the low bits mix, too.
  let hash = 0x811c9dc5
  for (const char of `${scheduleId}@${dueAt.getTime()}`) hash = Math.imul(hash ^ char.charCodeAt(0), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  const share = ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32
  return Math.floor(share * (jitterSeconds * 1_000 + 1))
}
