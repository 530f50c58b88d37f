// Asking takes a millisecond, and an instance asks for a few zones thousands of times.
const knownZones = new Set<string>()

/** True of an IANA name that this system knows. */
export function isTimeZone(name: string): boolean {
  if (knownZones.has(name)) return true
  try {
    new Intl.DateTimeFormat('en', { timeZone: name })
    knownZones.add(name)
    return true
  } catch {
    return false
  }
}
