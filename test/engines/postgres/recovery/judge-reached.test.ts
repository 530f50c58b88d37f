import { describe, expect, it } from 'vitest'
import type { RecoveryPlan } from '@/lib/core/recovery/plan-recovery'
import { judgeReached, type ReachedFacts } from '@/lib/engines/postgres/recovery/judge-reached'

const at = (second: number, ms = 0) => new Date(Date.UTC(2026, 10, 21, 2, 0, second, ms))
const one = '00000001'
const two = '00000002'

const latest: RecoveryPlan = {
  base: { backupId: 'a', timeline: one, start: 100n, end: 120n, endedAt: at(12) },
  timeline: two,
  history: { timeline: two, ancestors: [{ timeline: one, fork: 200n }] },
  path: [
    { timeline: one, from: 100n, to: 200n },
    { timeline: two, from: 200n, to: 300n },
  ],
  reaches: { as: 'latest', position: 300n, time: at(29, 1) },
  endIsTarget: true,
  settings: {},
}
const plan = (reaches: RecoveryPlan['reaches'], endIsTarget = false): RecoveryPlan => ({
  ...latest,
  reaches,
  endIsTarget,
})
const atEnd: ReachedFacts = {
  position: 290n,
  timeline: two,
  time: at(29),
  xid: null,
  hasStopped: false,
  hasTakenAll: true,
}
const stopped: ReachedFacts = {
  ...atEnd,
  position: 150n,
  timeline: one,
  time: at(15),
  hasStopped: true,
  hasTakenAll: false,
}

describe('what a recovery reached', () => {
  it.each<[string, RecoveryPlan, ReachedFacts, RegExp | null]>([
    ['the latest state', latest, atEnd, null],
    [
      'the latest state, of an idle server',
      { ...latest, reaches: { ...latest.reaches, time: at(10) } },
      { ...atEnd, time: null },
      null,
    ],
    ['log after where it ended', latest, { ...atEnd, hasTakenAll: false }, /the log goes on/],
    ['commits after where it ended', latest, { ...atEnd, time: at(20) }, /the newest one that is stored/],
    ['no commit at all', latest, { ...atEnd, time: null }, /last transaction is of none/],
    [
      'a place before the end of the base',
      latest,
      { ...atEnd, position: 119n, timeline: one },
      /before the end of the base/,
    ],
    ['a place beyond the plan', latest, { ...atEnd, position: 301n }, /beyond the end/],
    ['the old timeline after the fork', latest, { ...atEnd, timeline: one }, /not on the way/],
    ['another timeline', latest, { ...atEnd, timeline: '00000003' }, /not on the way/],
    ['a time', plan({ as: 'time', position: null, time: at(15) }), stopped, null],
    ['a later time', plan({ as: 'time', position: null, time: at(14, 999) }), stopped, /later than/],
    [
      'the end, of a time that has later commits',
      plan({ as: 'time', position: null, time: at(29, 5) }),
      atEnd,
      /did not say/,
    ],
    [
      'the end, of a time that need have none',
      plan({ as: 'time', position: null, time: at(29, 5) }, true),
      atEnd,
      null,
    ],
    ['a place', plan({ as: 'lsn', position: 150n, time: null }, true), stopped, null],
    ['the end before a place', plan({ as: 'lsn', position: 299n, time: null }, true), atEnd, null],
    [
      'a place too early',
      plan({ as: 'lsn', position: 299n, time: null }, true),
      { ...atEnd, hasTakenAll: false },
      /goes on/,
    ],
    ['a transaction', plan({ as: 'xid', position: 140n, time: at(14) }), stopped, null],
    [
      'a restore point of the same name, earlier',
      plan({ as: 'name', position: 160n, time: at(16) }),
      stopped,
      /where the target was found/,
    ],
    [
      'an immediate end',
      plan({ as: 'immediate', position: 120n, time: at(12) }),
      { ...stopped, position: 120n, time: null },
      null,
    ],
  ])('%s', (_, promised, reached, why) => {
    const judged = judgeReached(promised, reached)
    if (why === null) expect(judged).toBeNull()
    else expect(judged).toMatch(why)
  })
})
