import { describe, expect, it } from 'vitest'
import type { PointTarget } from '@/lib/contracts/recovery/recoveries'
import { stepsOf, targetWords } from '@/lib/client/words/recovery-words'

describe('the words of a recovery', () => {
  it.each<[PointTarget, string]>([
    [{ type: 'latest' }, 'the latest state'],
    [{ type: 'immediate' }, 'the end of the newest base backup'],
    [{ type: 'time', value: '2026-11-30T19:44:05.123Z' }, '30 Nov 2026, 21:44:05.123 EET'],
    [{ type: 'time', value: '2026-11-30T21:44:05+02:00' }, '30 Nov 2026, 21:44:05.000 EET'],
    [{ type: 'lsn', value: '0/3000148' }, 'position 0/3000148'],
    [{ type: 'xid', value: '771' }, 'transaction 771'],
    [{ type: 'name', value: 'before the import' }, 'restore point before the import'],
  ])('%j is %s', (target, words) => {
    expect(targetWords(target, 'Europe/Athens').replaceAll('GMT+2', 'EET')).toBe(words)
  })

  it('name steps without their unit, the longest first', () => {
    expect(stepsOf({ startMs: 1_100, unpackMs: 839, 'find-in-log': 2_000 })).toEqual([
      { name: 'Find in log', ms: 2_000 },
      { name: 'Start', ms: 1_100 },
      { name: 'Unpack', ms: 839 },
    ])
    expect(stepsOf({})).toEqual([])
  })
})
