/** A stored copy with the instant at which its bytes were last known to be whole: read back, or written. */
export interface ReadableCopy {
  id: string
  storedBytes: number
  readAt: Date
}

const dayMs = 86_400_000
const hourMs = 3_600_000
/** Runs are a day apart and may begin late: what would be overdue by the next one cannot wait for it. */
const nextRunWithinMs = 30 * hourMs
/** What was read since then belongs to today's share, so that an interrupted run resumes instead of starting over. */
const todayMs = 20 * hourMs
/** Not read again before, even where every day is asked for. */
const restMs = 2 * hourMs

/**
 * The copies to read today, oldest first: n/t of all stored bytes, and whatever would otherwise become older than
 * `everyDays` before the next run. Called again after an interruption it gives what is left of the day's share. So long
 * as each day's choice is read to its end, no copy becomes older than `everyDays` days; with 1, each run reads them all.
 */
export function chooseCopiesToRead(copies: readonly ReadableCopy[], everyDays: number, now: Date): string[] {
  const ageMs = (copy: ReadableCopy) => now.getTime() - copy.readAt.getTime()
  const cannotWait = (copy: ReadableCopy) => ageMs(copy) + nextRunWithinMs >= everyDays * dayMs
  // Once round within the time in which nothing needs to be hurried, else the last of each round would come in one lump.
  const roundDays = Math.max(1, everyDays - nextRunWithinMs / dayMs)
  const readToday = sumBytes(copies.filter((copy) => ageMs(copy) < todayMs))
  let leftBytes = Math.ceil(sumBytes(copies) / roundDays) - readToday
  const chosen: string[] = []
  // The id decides between equals, so that every call goes through them in the same order.
  const oldestFirst = copies
    .filter((copy) => ageMs(copy) >= (cannotWait(copy) ? restMs : todayMs))
    .sort((a, b) => a.readAt.getTime() - b.readAt.getTime() || (a.id < b.id ? -1 : 1))
  for (const copy of oldestFirst) {
    if (leftBytes <= 0 && !cannotWait(copy)) break
    chosen.push(copy.id)
    leftBytes -= copy.storedBytes
  }
  return chosen
}

function sumBytes(copies: readonly ReadableCopy[]): number {
  return copies.reduce((sum, copy) => sum + copy.storedBytes, 0)
}
