import { describe, expect, it } from 'vitest'
import { clockText, presetCron, presetNames, readClock, readPreset } from '@/lib/client/schedule-preset'

describe('a preset', () => {
  it.each(presetNames.filter((name) => name !== 'cron'))('%s is read back from its own expression', (name) => {
    const time = { minute: 45, hour: 23, weekday: 5, day: 28 }
    expect(readPreset(presetCron(name, time)).name).toBe(name)
    expect(presetCron(name, { ...time, ...readPreset(presetCron(name, time)).time })).toBe(presetCron(name, time))
  })

  it.each([
    '*/15 * * * *',
    '0 2,14 * * *',
    '0 2 * 1 *',
    '0 2 31 * *',
    '0 2 1 * 1',
    '0 2 * * 7',
    '0 2 * *',
    '60 2 * * *',
  ])('is not taken from %s, which says something else', (cron) => expect(readPreset(cron).name).toBe('cron'))

  it('gives the time of day as a time field has it', () => {
    expect(clockText({ hour: 2, minute: 5 })).toBe('02:05')
    expect(readClock('02:05')).toEqual({ hour: 2, minute: 5 })
    expect(readClock('soon')).toBeNull()
  })
})
