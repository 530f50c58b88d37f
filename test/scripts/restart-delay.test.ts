import { expect, test } from 'vitest'
import { restartDelay } from '@/scripts/supervise/keep-running'
import { worthTelling } from '@/scripts/supervise/programs'

const now = 1_000_000
const ago = (...seconds: number[]) => seconds.map((second) => now - second * 1000)

test.each([
  ['half a second after the first crash', ago(0), 500],
  ['a little longer after the second within a minute', ago(20, 0), 1000],
  ['quickly again when the earlier crashes are long ago', ago(600, 300, 90, 80, 0), 500],
  ['patiently from the fifth crash within a minute', ago(9, 8, 4, 2, 0), 16_000],
  ['never longer than a minute', ago(9, 8, 7, 6, 5, 4, 3, 2, 1, 0), 60_000],
])('a process that ended is started again %s', (_, endedAt, delayMs) => {
  expect(restartDelay(endedAt, now)).toBe(delayMs)
})

test.each([
  ['{"level":30,"msg":"worker ready"}', null],
  ['{"level":50,"msg":"backup failed"}', 'backup failed'],
  ['TypeError: x is not a function', 'TypeError: x is not a function'],
  ['    at main (worker.mjs:1:1)', null],
  ['', null],
])('the console repeats of a log what a person should see: %s', (line, told) => {
  expect(worthTelling(line)).toBe(told)
})
