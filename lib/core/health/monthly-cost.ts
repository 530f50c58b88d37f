/** Bytes of one storage class. */
export interface StoredClass {
  storageClass: string
  bytes: number
}

/** What the bytes cost a month, at prices for a GB (1,000,000,000 bytes); classes without a price take `default`. */
export function monthlyCost(stored: StoredClass[], perGbMonth: Record<string, number>): number {
  return stored.reduce(
    (sum, { storageClass, bytes }) => sum + (bytes / 1e9) * (perGbMonth[storageClass] ?? perGbMonth['default'] ?? 0),
    0,
  )
}
