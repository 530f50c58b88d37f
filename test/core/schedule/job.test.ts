import { describe, expect, it } from 'vitest'
import { jobStates, type Failure } from '@/lib/contracts/common'
import { afterAttempt } from '@/lib/core/job/after-attempt'
import { assertTransition, isTerminal } from '@/lib/core/job/transition'

const failure: Failure = { code: 'source-failed', message: 'x' }

describe('job states', () => {
  it('never lets a finished job change again', () => {
    for (const from of jobStates.filter(isTerminal)) {
      for (const to of jobStates) expect(() => assertTransition(from, to)).toThrow('cannot become')
    }
  })

  it('has exactly the open states queued and running', () => {
    expect(jobStates.filter((state) => !isTerminal(state))).toEqual(['queued', 'running'])
  })
})

describe('afterAttempt', () => {
  it('tries again only what may pass, and only while attempts are left', () => {
    expect(afterAttempt({ type: 'failed', failure, transient: true }, 1, 3)).toBe('queued')
    expect(afterAttempt({ type: 'failed', failure, transient: true }, 3, 3)).toBe('failed')
    expect(afterAttempt({ type: 'failed', failure, transient: false }, 1, 3)).toBe('failed')
  })

  it('gives an interrupted run another attempt, and a hand-back costs none', () => {
    expect(afterAttempt({ type: 'interrupted', handedBack: false }, 1, 3)).toBe('queued')
    expect(afterAttempt({ type: 'interrupted', handedBack: false }, 1, 1)).toBe('interrupted')
    expect(afterAttempt({ type: 'interrupted', handedBack: true }, 1, 1)).toBe('queued')
  })

  it('never turns a partial or cancelled run green', () => {
    expect(afterAttempt({ type: 'partial', failure }, 1, 3)).toBe('partial')
    expect(afterAttempt({ type: 'cancelled' }, 1, 3)).toBe('cancelled')
  })
})
