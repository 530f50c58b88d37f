import { describe, expect, it } from 'vitest'
import { momentsOf, wallTime } from '@/lib/client/wall-time'

const moments = (wall: string, zone: string) => momentsOf(wall, zone).map((at) => at.toISOString())

describe('a time as the clock on the wall shows it', () => {
  it.each([
    ['2026-11-30T19:44:05.123Z', 'UTC', '2026-11-30T19:44:05.123'],
    ['2026-11-30T19:44:05.123Z', 'Europe/Athens', '2026-11-30T21:44:05.123'],
    ['2026-11-30T22:00:00.000Z', 'Europe/Athens', '2026-12-01T00:00:00.000'],
    ['2026-07-01T19:44:05.000Z', 'America/New_York', '2026-07-01T15:44:05.000'],
    ['2026-07-01T19:44:05.009Z', 'Asia/Kathmandu', '2026-07-02T01:29:05.009'],
  ])('%s in %s is %s, and read back it is the same moment', (at, zone, wall) => {
    expect(wallTime(new Date(at), zone)).toBe(wall)
    expect(moments(wall, zone)).toEqual([at])
  })

  it('may leave seconds out, as browsers do', () => {
    expect(moments('2026-11-30T21:44', 'Europe/Athens')).toEqual(['2026-11-30T19:44:00.000Z'])
  })

  it.each(['', 'yesterday', '2026-02-31T25:00'])('%j is no time', (wall) => {
    expect(moments(wall, 'Europe/Athens')).toEqual([])
  })

  it('was skipped where the clocks were put forward', () => {
    expect(moments('2026-03-29T03:30:00', 'Europe/Athens')).toEqual([])
    expect(moments('2026-03-29T02:59:59.999', 'Europe/Athens')).toEqual(['2026-03-29T00:59:59.999Z'])
    expect(moments('2026-03-29T04:00', 'Europe/Athens')).toEqual(['2026-03-29T01:00:00.000Z'])
  })

  it('came twice where they were put back, the earlier first', () => {
    expect(moments('2026-10-25T03:30', 'Europe/Athens')).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-25T01:30:00.000Z',
    ])
    expect(moments('2026-11-01T01:30', 'America/New_York')).toEqual([
      '2026-11-01T05:30:00.000Z',
      '2026-11-01T06:30:00.000Z',
    ])
  })

  it('is read back as the same moment at every quarter of an hour around a change of the clocks', () => {
    const zones = ['Europe/Athens', 'America/New_York', 'Australia/Lord_Howe']
    const changes = ['2026-03-29T01:00Z', '2026-10-25T01:00Z', '2026-11-01T06:00Z', '2026-04-04T15:00Z']
    for (const zone of zones)
      for (const change of changes)
        for (let quarter = -12; quarter <= 12; quarter += 1) {
          const at = new Date(Date.parse(change) + quarter * 900_000)
          expect(moments(wallTime(at, zone), zone)).toContain(at.toISOString())
        }
  })
})
