import { describe, expect, it } from 'vitest'
import { byteTicks, formatBytes } from '@/lib/client/format/bytes'
import { formatDuration } from '@/lib/client/format/duration'
import { formatAbsolute, formatRelative } from '@/lib/client/format/time'

const now = Date.parse('2026-11-21T12:00:00Z')
const minute = 60_000
const hour = 60 * minute
const day = 24 * hour

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1, '1 B'],
    [1023, '1023 B'],
    [1024, '1 KiB'],
    [1536, '1.5 KiB'],
    [10 * 1024 ** 2, '10 MiB'],
    [100 * 1024 ** 2, '100 MiB'],
    [2_147_483_648, '2 GiB'],
    [1.5 * 1024 ** 5, '1.5 PiB'],
  ])('writes %d as %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})

describe('byteTicks', () => {
  it('marks an axis with round numbers of one unit, up to the largest value', () => {
    expect(byteTicks(8.01 * 1024 ** 3).map(formatBytes)).toEqual(['0 B', '2.5 GiB', '5 GiB', '7.5 GiB', '10 GiB'])
    expect(byteTicks(77_700).map(formatBytes)).toEqual(['0 B', '20 KiB', '40 KiB', '60 KiB', '80 KiB'])
    expect(byteTicks(0)).toEqual([0])
  })
})

describe('formatDuration', () => {
  it.each([
    [0, '0 ms'],
    [999, '999 ms'],
    [1_000, '1 s'],
    [4_230, '4.2 s'],
    [59_900, '59 s'],
    [90_000, '1 min 30 s'],
    [2 * hour + 5 * minute, '2 h 5 min'],
    [3 * day, '3 d'],
  ])('writes %d ms as %s', (ms, text) => {
    expect(formatDuration(ms)).toBe(text)
  })
})

describe('formatRelative', () => {
  it.each([
    [0, 'just now'],
    [5_000, 'just now'],
    [30_000, 'in a moment'],
    [-5 * minute, '5 minutes ago'],
    [2 * hour, 'in 2 hours'],
    [-day, 'yesterday'],
    [-3 * day, '3 days ago'],
    [-400 * day, '13 months ago'],
    [-3 * 365 * day, '3 years ago'],
  ])('says %d ms from now as "%s"', (difference, text) => {
    expect(formatRelative(new Date(now + difference), now)).toBe(text)
  })
})

describe('formatAbsolute', () => {
  it('names the zone, in summer and in winter', () => {
    expect(formatAbsolute(new Date('2026-11-21T02:00:00Z'), 'UTC')).toBe('21 Nov 2026, 02:00 UTC')
    expect(formatAbsolute(new Date('2026-07-01T02:00:00Z'), 'Europe/Berlin')).toMatch(
      /^1 Jul 2026, 04:00 (CEST|GMT\+2)$/,
    )
  })
})
