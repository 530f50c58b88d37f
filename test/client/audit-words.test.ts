import { describe, expect, test } from 'vitest'
import { actionWords, nameWords } from '@/lib/client/words/audit-words'

describe('the words of the audit log', () => {
  test.each([
    ['retention-policy.update', 'Retention policy changed'],
    ['recovery-kit.create', 'Recovery kit created'],
    ['session.sign-in-failed', 'Sign-in failed'],
    ['token.create-admin', 'Token create admin'],
    ['recovery.query', 'Statement run in a look'],
    ['restore-point.create', 'Restore point created'],
    ['unheard-of', 'Unheard of'],
  ])('%s is told as %j', (action, words) => {
    expect(actionWords(action)).toBe(words)
  })

  test('a name made for programs is written as people write it', () => {
    expect(nameWords('timeZone')).toBe('Time zone')
    expect(nameWords('pauseOnDropShare')).toBe('Pause on drop share')
    expect(nameWords('name')).toBe('Name')
  })
})
