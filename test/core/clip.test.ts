import { describe, expect, it } from 'vitest'
import { clip } from '@/lib/core/clip'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'

describe('clip', () => {
  it('leaves a text that is short enough as it is', () => {
    expect(clip('a b c', 5)).toBe('a b c')
  })

  it('cuts between words, so that no half of a password stays that nobody would know (security 10)', () => {
    expect(clip('login with hunter2 failed', 15)).toBe('login with … (15 more characters)')
  })

  it('drops the end of a word that is longer than all of it', () => {
    const text = 'x'.repeat(2_000)
    expect(clip(text, 1_000)).toBe(`${'x'.repeat(488)} … (1512 more characters)`)
  })
})

describe('a failure', () => {
  it('keeps texts of others short wherever they stand in it (security 10)', () => {
    const long = 'word '.repeat(100_000)
    const error = new HoldfastError('source-failed', long, {
      facts: { detail: long, list: [{ text: long }], deep: [[[[[long]]]]] },
    })
    expect(JSON.stringify(toFailure(error)).length).toBeLessThan(40_000)
    expect(toFailure(new Error(long)).message.length).toBeLessThan(4_100)
    expect(error.facts).toMatchObject({ list: [{ text: expect.stringMatching(/^word word/) }] })
  })
})
