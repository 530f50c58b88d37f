/**
 * A number as it is typed, in the unit of its field; `unit` is how much of what is stored one of it is. Null: left empty.
 * What is no number is NaN, so that the contract refuses it where it was typed.
 */
export function parseAmount(text: string, unit = 1): number | null {
  if (text.trim() === '') return null
  const amount = Number(text)
  return unit === 1 ? amount : Math.round(amount * unit)
}

/** What is stored, as it would be typed. */
export const amountText = (value: number | null | undefined, unit = 1): string =>
  value === null || value === undefined || Number.isNaN(value) ? '' : String(value / unit)
