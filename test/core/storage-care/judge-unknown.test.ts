import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isRemovable, isToBeReported } from '@/lib/core/storage-care/judge-unknown'

const hourMs = 3_600_000
const now = new Date('2026-11-29T12:00:00Z')
const hoursAgo = (hours: number) => new Date(now.getTime() - hours * hourMs)

describe('an unknown object', () => {
  it.each([
    ['nobody writes', 0, null, true],
    ['nobody writes and it was seen first a month ago', 720, null, true],
    ['a run was writing that began before it was seen', 1, 2, false],
    ['a run was writing that began at the same instant', 1, 1, false],
    ['a run was writing that began after it was seen', 2, 1, true],
  ])('is reported by its first sight: %s', (_case, seenHoursAgo, writerHoursAgo, expected) => {
    const writer = writerHoursAgo === null ? null : hoursAgo(writerHoursAgo)
    expect(isToBeReported({ firstSeenAt: hoursAgo(seenHoursAgo) }, writer)).toBe(expected)
  })

  it.each([
    ['seen for more than a day and reported', 24.01, 24, true],
    ['seen for exactly a day', 24, 24, false],
    ['reported a moment ago, seen for two days', 48, 0, true],
    ['seen for two days and not reported yet', 48, null, false],
    ['seen just now', 0, 0, false],
    ['seen in the future, by a clock that was set back', -24, -24, false],
  ])('may be removed by its first sight: %s', (_case, seenHoursAgo, reportedHoursAgo, expected) => {
    const reportedAt = reportedHoursAgo === null ? null : hoursAgo(reportedHoursAgo)
    expect(isRemovable({ firstSeenAt: hoursAgo(seenHoursAgo), reportedAt }, now)).toBe(expected)
  })

  it('is never removable sooner than a day after its first sight, whatever else is known (property)', () => {
    const instant = fc.date({ min: hoursAgo(100), max: hoursAgo(-100), noInvalidDate: true })
    fc.assert(
      fc.property(instant, fc.option(instant), instant, (firstSeenAt, reportedAt, at) => {
        const removable = isRemovable({ firstSeenAt, reportedAt }, at)
        expect(removable).toBe(reportedAt !== null && at.getTime() - firstSeenAt.getTime() > 24 * hourMs)
      }),
    )
  })
})
