import { expect, it } from 'vitest'
import { judgeNeededLog } from '@/lib/core/recovery/judge-needed-log'

const open = (from: bigint, to: bigint) => ({ from, to, isClosed: false })
const closed = (from: bigint, to: bigint) => ({ from, to, isClosed: true })

it.each([
  ['nothing is stored yet', [], 'coming'],
  ['what is stored ends before it', [open(0n, 5n)], 'coming'],
  ['it is stored in part', [open(0n, 15n)], 'coming'],
  ['all of it is stored', [open(0n, 20n)], 'stored'],
  ['all of it is stored, and nothing follows', [closed(10n, 20n)], 'stored'],
  ['a second destination was away at its beginning', [open(0n, 15n), open(12n, 15n)], 'coming'],
  ['a second destination lacks its beginning, and the first has all', [open(12n, 30n), open(0n, 30n)], 'stored'],
  ['the log begins behind its beginning', [open(11n, 30n)], 'lost'],
  ['the log ended in it', [closed(0n, 15n)], 'lost'],
  ['the log ended in it and began anew', [closed(0n, 15n), open(18n, 30n)], 'lost'],
  ['it ended in one destination and goes on in another', [closed(0n, 12n), open(0n, 15n)], 'coming'],
])('says whether the log of a backup is there when %s', (_, ranges, expected) => {
  expect(judgeNeededLog(ranges, { from: 10n, to: 20n })).toBe(expected)
})
