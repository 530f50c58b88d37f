/** First moment of a calendar day in the viewer's zone, as the API wants it. */
export function dayStart(day: string | undefined): string | undefined {
  return day && !Number.isNaN(Date.parse(day)) ? new Date(`${day}T00:00:00`).toISOString() : undefined
}

/** Last moment of a calendar day in the viewer's zone. */
export function dayEnd(day: string | undefined): string | undefined {
  return day && !Number.isNaN(Date.parse(day)) ? new Date(`${day}T23:59:59.999`).toISOString() : undefined
}
