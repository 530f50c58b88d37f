const dayMs = 86_400_000

/** Days from 1 January 1970 to the UTC day of an instant. */
export const dayNumber = (at: Date): number => Math.floor(at.getTime() / dayMs)

/** The day as `2026-11-21`. */
export const dayText = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10)

/** The number of the day `2026-11-21`. */
export const dayOf = (text: string): number => Math.floor(Date.parse(`${text}T00:00:00Z`) / dayMs)
