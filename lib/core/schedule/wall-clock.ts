/**
 * Wall-clock time of a zone, held as the milliseconds it would be were it UTC. Arithmetic on it knows no daylight
 * saving; only the steps to and from real instants do.
 */
export type WallMs = number

const hourMs = 3_600_000
/** Changes lie on quarters of an hour in every zone since 1972, so an offset holds for the whole quarter. */
const quarterMs = hourMs / 4
/** Further than any clock is moved, and nearer than two changes ever lie together. */
const besideMs = 4 * hourMs
const remembered = 20_000

const formats = new Map<string, Intl.DateTimeFormat>()
const offsets = new Map<string, number>()

/** How far the zone is ahead of UTC at an instant, in milliseconds. */
export function offsetAt(instantMs: number, timeZone: string): number {
  if (timeZone === 'UTC') return 0
  const quarter = Math.floor(instantMs / quarterMs)
  const key = `${timeZone} ${quarter}`
  const known = offsets.get(key)
  if (known !== undefined) return known
  if (offsets.size >= remembered) offsets.clear()
  const offset = readOffset(quarter * quarterMs, timeZone)
  offsets.set(key, offset)
  return offset
}

function readOffset(instantMs: number, timeZone: string): number {
  let format = formats.get(timeZone)
  if (!format) {
    format = new Intl.DateTimeFormat('en', { timeZone, timeZoneName: 'longOffset', hour: 'numeric' })
    formats.set(timeZone, format)
  }
  const found = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(format.format(instantMs))
  const size = (Number(found?.[2] ?? 0) * 60 + Number(found?.[3] ?? 0)) * 60_000
  return found?.[1] === '-' ? -size : size
}

export function toWall(instantMs: number, timeZone: string): WallMs {
  return instantMs + offsetAt(instantMs, timeZone)
}

/**
 * The instants at which the clock of the zone shows this time: none when it is skipped, two when it comes twice.
 * `shifted` is where a skipped time lies when it is read by the clock as it was before: 02:30 becomes 03:30.
 */
export function fromWall(wallMs: WallMs, timeZone: string): { instants: number[]; shifted: number } {
  const near = wallMs - offsetAt(wallMs, timeZone)
  const before = offsetAt(near - besideMs, timeZone)
  const after = offsetAt(near + besideMs, timeZone)
  const instants = [...new Set([before, after])]
    .filter((offset) => offsetAt(wallMs - offset, timeZone) === offset)
    .map((offset) => wallMs - offset)
    .sort((a, b) => a - b)
  return { instants, shifted: wallMs - before }
}
