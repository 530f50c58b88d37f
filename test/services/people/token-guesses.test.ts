import { describe, expect, it } from 'vitest'
import { lockoutMs } from '@/lib/services/session/limits'
import { TokenGuesses } from '@/lib/services/token/token-guesses'

describe('wrong bearer tokens', () => {
  it('are answered twenty times from one address, which then waits a quarter of an hour (security 32)', () => {
    const guesses = new TokenGuesses()
    for (let n = 0; n < 20; n += 1) expect(guesses.count('192.0.2.1', 1_000)).toBe(0)
    expect(() => guesses.count('192.0.2.1', 1_000)).toThrow(expect.objectContaining({ code: 'rate-limited' }))
    expect(guesses.count('192.0.2.2', 1_000)).toBe(0)
    expect(guesses.count('192.0.2.1', 1_000 + lockoutMs + 1)).toBe(0)
  })

  it('become slow when they come from everywhere, never slower than two seconds (security 32)', () => {
    const guesses = new TokenGuesses()
    const delays = Array.from({ length: 1_000 }, (_, n) => guesses.count(`address ${n}`, 5_000))
    expect(delays[299]).toBe(0)
    expect(delays[300]).toBeGreaterThan(0)
    expect(delays.every((delay, n) => n === 0 || delay >= (delays[n - 1] ?? 0))).toBe(true)
    expect(Math.max(...delays)).toBe(2_000)
    expect(guesses.count('later', 5_000 + 60_000)).toBe(0)
  })
})
