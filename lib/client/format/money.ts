/** An amount of money a month: `$12.40`; what is less than a hundredth but not nothing keeps two digits. */
export function formatMoney(amount: number, currency: string): string {
  const digits = amount !== 0 && Math.abs(amount) < 0.01 ? { maximumSignificantDigits: 2 } : {}
  try {
    return new Intl.NumberFormat('en', { style: 'currency', currency, ...digits }).format(amount)
  } catch {
    // Three letters that are no currency of the world: somebody's own.
    return `${amount.toFixed(2)} ${currency}`
  }
}
