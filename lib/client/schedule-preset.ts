/** The usual rhythms; anything else is `cron`, the expert's choice. */
export const presetNames = ['hourly', 'every-4-hours', 'daily', 'weekly', 'monthly', 'cron'] as const
export type PresetName = (typeof presetNames)[number]

export const presetWords: Record<PresetName, string> = {
  hourly: 'Hourly',
  'every-4-hours': 'Every 4 hours',
  daily: 'Daily',
  weekly: 'Weekly',
  monthly: 'Monthly',
  cron: 'Cron',
}

export const weekdays = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'] as const

/** What a preset leaves to choose. */
export interface PresetTime {
  minute: number
  hour: number
  /** 0 is Sunday. */
  weekday: number
  /** Of the month; no later than the 28th, which every month has. */
  day: number
}

const usualTime: Record<PresetName, PresetTime> = {
  hourly: { minute: 0, hour: 2, weekday: 0, day: 1 },
  'every-4-hours': { minute: 0, hour: 2, weekday: 0, day: 1 },
  daily: { minute: 0, hour: 2, weekday: 0, day: 1 },
  weekly: { minute: 0, hour: 3, weekday: 0, day: 1 },
  monthly: { minute: 0, hour: 4, weekday: 0, day: 1 },
  cron: { minute: 0, hour: 2, weekday: 0, day: 1 },
}

/** The expression of a preset; for `cron` none, since it is written by hand. */
export function presetCron(name: Exclude<PresetName, 'cron'>, time: PresetTime = usualTime[name]): string {
  const { minute, hour, weekday, day } = time
  switch (name) {
    case 'hourly':
      return `${minute} * * * *`
    case 'every-4-hours':
      return `${minute} */4 * * *`
    case 'daily':
      return `${minute} ${hour} * * *`
    case 'weekly':
      return `${minute} ${hour} * * ${weekday}`
    case 'monthly':
      return `${minute} ${hour} ${day} * *`
  }
}

/** Which preset an expression is, with its time; `cron` when it is none. */
export function readPreset(cron: string): { name: PresetName; time: PresetTime } {
  const [minute, hour, day, month, weekday, more] = cron.trim().split(/\s+/)
  const other = { name: 'cron', time: usualTime.cron } as const
  if (!isIn(minute, 59) || month !== '*' || more !== undefined) return other
  const time = { ...usualTime.daily, minute: Number(minute) }
  if (day === '*' && weekday === '*') {
    if (hour === '*') return { name: 'hourly', time }
    if (hour === '*/4') return { name: 'every-4-hours', time }
  }
  if (!isIn(hour, 23)) return other
  const timed = { ...time, hour: Number(hour) }
  if (day === '*' && weekday === '*') return { name: 'daily', time: timed }
  if (day === '*' && isIn(weekday, 6)) return { name: 'weekly', time: { ...timed, weekday: Number(weekday) } }
  if (weekday === '*' && isIn(day, 28) && day !== '0') return { name: 'monthly', time: { ...timed, day: Number(day) } }
  return other
}

const isIn = (field: string | undefined, most: number): field is string =>
  field !== undefined && /^\d{1,2}$/.test(field) && Number(field) <= most

/** `HH:MM` for a time field, and back. */
export const clockText = ({ hour, minute }: Pick<PresetTime, 'hour' | 'minute'>): string =>
  `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`
export function readClock(text: string): { hour: number; minute: number } | null {
  const found = /^(\d{1,2}):(\d{2})$/.exec(text)
  return found ? { hour: Number(found[1]), minute: Number(found[2]) } : null
}
