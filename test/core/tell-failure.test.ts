import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { FailureNote } from '@/components/ui/failure-note'
import { tellFailure } from '@/lib/core/tell-failure'

describe('a failure in words', () => {
  it.each([
    [{ message: 'The key is wrong', remedy: 'Enter another' }, 'The key is wrong. Enter another.'],
    [{ message: 'The key is wrong.', remedy: 'Enter another.' }, 'The key is wrong. Enter another.'],
    [{ message: 'It said (403)', remedy: 'Why?' }, 'It said (403). Why?'],
    [{ message: 'It said "no."' }, 'It said "no."'],
    [{ message: 'It ended' }, 'It ended.'],
  ])('%j', (failure, told) => {
    expect(tellFailure(failure)).toBe(told)
  })

  it('is shown with what to do about it', () => {
    const failure = { code: 'storage-denied', message: 'The key is wrong', remedy: 'Enter another' }
    const shown = renderToStaticMarkup(createElement(FailureNote, { failure }))
    for (const text of Object.values(failure)) expect(shown).toContain(text)
  })
})
