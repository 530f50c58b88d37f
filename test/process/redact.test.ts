import { describe, expect, it } from 'vitest'
import { redact } from '@/lib/process/redact'

describe('redact', () => {
  it.each([
    ['a secret anywhere', 'login hunter2! failed', ['hunter2!'], 'login *** failed'],
    ['its URL-encoded form', 'at p%40ss%2Fword', ['p@ss/word'], 'at ***'],
    ['the longer of two secrets first', 'abcdef', ['abc', 'abcdef'], '***'],
    ['a password in a URL', 'postgresql://joe:s3cret@db:5432/x', [], 'postgresql://joe:***@db:5432/x'],
    ['a conninfo password', "host=db password='a b\\'c' user=joe", [], 'host=db password=*** user=joe'],
    ['an environment password', 'PGPASSWORD=abc pg_dump', [], 'PGPASSWORD=*** pg_dump'],
    ['an age identity', 'key AGE-SECRET-KEY-1QQPZ8 end', [], 'key *** end'],
    ['nothing else', 'user joe at 10:30:12 on host db', [''], 'user joe at 10:30:12 on host db'],
  ])('masks %s (security 10)', (_, text, secrets, expected) => {
    expect(redact(text, secrets)).toBe(expected)
  })
})
