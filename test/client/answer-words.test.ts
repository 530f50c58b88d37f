import { expect, it } from 'vitest'
import { answerWords } from '@/components/recovery/recoveries/answer-words'

const limits = { rows: 3, bytes: 1_000_000 }
const rows = (count: number) => Array.from({ length: count }, () => ['x'])

it.each([
  [0, false, '0 rows.'],
  [1, false, '1 row.'],
  [3, false, '3 rows.'],
  [3, true, 'Only the first 3 rows: there are more.'],
  [2, true, 'Only the first 2 rows: there are more. An answer holds 977 KiB at most.'],
  [1, true, 'Only the first row: there are more. An answer holds 977 KiB at most.'],
])('%i rows, more left out: %s', (count, truncated, words) => {
  expect(answerWords({ rows: rows(count), truncated }, limits)).toBe(words)
})
