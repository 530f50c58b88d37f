import { nextRuns } from '../schedule/next-runs'

const known = new Map<string, number | null>()
const looked = 25

/** The mean distance between two runs of an expression; null when it runs once or never. */
export function rhythmMs(cron: string): number | null {
  const shape = shapeOf(cron)
  const found = known.get(shape)
  if (found !== undefined) return found
  const runs = nextRuns(shape, 'UTC', new Date(Date.UTC(2026, 0, 1)), looked)
  const [first, last] = [runs[0], runs.at(-1)]
  const every = first && last && runs.length > 1 ? (last.getTime() - first.getTime()) / (runs.length - 1) : null
  if (known.size >= 5_000) known.clear()
  known.set(shape, every)
  return every
}

/** At which minute and hour something runs once does not change how often: a thousand schedules have a few shapes. */
function shapeOf(cron: string): string {
  const [minute = '', hour = '', ...rest] = cron.trim().split(/\s+/)
  const plain = (field: string) => (/^\d+$/.test(field) ? '0' : field)
  return [plain(minute), plain(hour), ...rest].join(' ')
}
