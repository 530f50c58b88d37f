import { describe, expect, it } from 'vitest'
import { retentionRulesSchema, type RetentionRulesInput } from '@/lib/contracts/retention'
import { keepsLess } from '@/lib/core/retention/keeps-less'

const rules = (...list: RetentionRulesInput[]) => list.map((one) => retentionRulesSchema.parse(one))
const [week, month, ten] = [{ keepDays: 7 }, { keepDays: 30 }, { keepLast: 10 }]

describe('rules that hold together', () => {
  it.each([
    ['a first policy where everything was kept', [], [month], true],
    ['no policy any more', [week], [], false],
    ['the same ones', [week, month], [month, week], false],
    ['one more beside', [month], [month, week], false],
    ['the longer one gone', [week, month], [week], true],
    ['the shorter one gone', [week, month], [month], false],
    ['one of another kind in its place', [month], [ten], true],
    ['one of another kind gone', [month, ten], [month], true],
  ])('keep less or not: %s', (_, had, has, less) => {
    expect(keepsLess(rules(...had), rules(...has))).toBe(less)
  })
})
