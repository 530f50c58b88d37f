import { describe, expect, it } from 'vitest'
import { amountText, parseAmount, type Unit } from '@/lib/client/format/amount'

describe('an amount as it is typed', () => {
  it.each<[string, Unit, number | null]>([
    ['', 1, null],
    ['  ', 60_000, null],
    ['0', 1, 0],
    [' 12 ', 1, 12],
    ['2.5', 60_000, 150_000],
    ['0.1', 3_600_000, 360_000],
    ['1.5', 1, 1.5],
    ['-1', 1, -1],
    ['ten', 1, NaN],
    ['1,5', 60_000, NaN],
    ['85', 'percent', 0.85],
  ])('reads %j with the unit %s as %s', (text, unit, amount) => {
    expect(parseAmount(text, unit)).toBe(amount)
  })

  it.each<[number | null | undefined, Unit, string]>([
    [null, 1, ''],
    [undefined, 1, ''],
    [NaN, 1, ''],
    [0, 60_000, '0'],
    [150_000, 60_000, '2.5'],
    [0.07, 'percent', '7'],
  ])('shows %s with the unit %s as %j', (amount, unit, text) => {
    expect(amountText(amount, unit)).toBe(text)
  })
})
