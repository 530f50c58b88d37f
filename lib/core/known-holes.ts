/**
 * The first release of each major version of PostgreSQL whose programs have none of the holes known today. Older ones can
 * be made to run code by a server or a dump (CVE-2025-8714, CVE-2025-8715 and what followed). Majors below the oldest here
 * get no mending any more; newer ones than the newest are not judged.
 */
const mendedIn = new Map([
  [18, 4],
  [17, 10],
  [16, 14],
  [15, 18],
])
const oldest = Math.min(...mendedIn.keys())

/**
 * What a program of this version should be updated to: `18.4`, or for a major version without updates the oldest one that
 * has them. Null when nothing is known against it, or the version cannot be read.
 */
export function mendedVersion(version: string): string | null {
  const [, majorText, minorText] = /^(\d+)(?:\.(\d+))?/.exec(version) ?? []
  if (majorText === undefined) return null
  const major = Number(majorText)
  if (major < oldest) return `${oldest}.${mendedIn.get(oldest)}`
  const minor = mendedIn.get(major)
  // `18beta1` and `18devel` have no minor version and come before 18.0.
  return minor !== undefined && Number(minorText ?? -1) < minor ? `${major}.${minor}` : null
}
