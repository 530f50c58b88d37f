/** How much of what is stored one of what is typed is; `percent`: a share of one is stored. */
export type Unit = number | 'percent'

/** A number as it is typed. Null: left empty. What is no number is NaN, so that the contract refuses it where it was typed. */
export function parseAmount(text: string, unit: Unit = 1): number | null {
  if (text.trim() === '') return null
  const amount = Number(text)
  if (unit === 'percent') return amount / 100
  return unit === 1 ? amount : Math.round(amount * unit)
}

/** What is stored, as it would be typed. */
export function amountText(value: number | null | undefined, unit: Unit = 1): string {
  if (value === null || value === undefined || Number.isNaN(value)) return ''
  // A share is no exact number: 0.07 * 100 is not 7.
  return unit === 'percent' ? String(Math.round(value * 10_000) / 100) : String(value / unit)
}
