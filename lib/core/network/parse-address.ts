/** A host as it was typed or as URLs write it: without brackets, zone, final dots and upper case. */
export function plainHost(host: string): string {
  return host
    .trim()
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/%.*$/, '')
    .replace(/\.+$/, '')
}

/**
 * An IPv4 address in every spelling that the system's resolver takes without asking anyone (inet_aton): one to four
 * parts, each decimal, octal or hexadecimal, the last filling what is left. Null for anything else.
 */
export function parseIpv4(host: string): number | null {
  const parts = host.split('.')
  if (parts.length > 4) return null
  const numbers = parts.map(parsePart)
  const last = numbers.pop()
  if (last === undefined || Number.isNaN(last)) return null
  let value = last
  for (const [index, number] of numbers.entries()) {
    if (!(number <= 255)) return null
    value += number * 256 ** (3 - index)
  }
  return last < 256 ** (4 - numbers.length) ? value : null
}

function parsePart(text: string): number {
  if (/^0x[0-9a-f]*$/i.test(text)) return text.length === 2 ? 0 : Number(text)
  if (/^0[0-7]+$/.test(text)) return Number.parseInt(text, 8)
  return /^(0|[1-9]\d*)$/.test(text) ? Number(text) : Number.NaN
}

/** The eight groups of an IPv6 address; null for anything else. */
export function parseIpv6(host: string): number[] | null {
  const [head = '', tail, more] = host.split('::')
  if (!host.includes(':') || more !== undefined) return null
  const before = groupsOf(head, tail === undefined)
  if (tail === undefined) return before?.length === 8 ? before : null
  const after = groupsOf(tail, true)
  if (before === null || after === null || before.length + after.length > 7) return null
  return [...before, ...Array.from({ length: 8 - before.length - after.length }, () => 0), ...after]
}

/** Groups with colons between; only at the end of an address may the last be an IPv4 address with its four parts. */
function groupsOf(text: string, atEnd: boolean): number[] | null {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    if (/^[0-9a-f]{1,4}$/i.test(part)) groups.push(Number.parseInt(part, 16))
    else {
      const inner = atEnd && index === parts.length - 1 && /^(\d{1,3}\.){3}\d{1,3}$/.test(part) ? parseIpv4(part) : null
      if (inner === null) return null
      groups.push(inner >>> 16, inner & 0xffff)
    }
  }
  return groups
}

/** The IPv4 address that an IPv6 one stands for, by mapping, translation (NAT64) or tunnelling; null when it is its own. */
export function embeddedIpv4(groups: readonly number[]): number | null {
  const at = (index: number): number => (groups[index] ?? 0) * 0x1_0000 + (groups[index + 1] ?? 0)
  const begins = (...prefix: number[]) => prefix.every((group, index) => groups[index] === group)
  const low = at(6)
  // ::a.b.c.d, but not :: and ::1.
  if (begins(0, 0, 0, 0, 0, 0)) return low > 0xffff ? low : null
  if (begins(0, 0, 0, 0, 0, 0xffff) || begins(0, 0, 0, 0, 0xffff, 0)) return low
  if (begins(0x64, 0xff9b, 0, 0, 0, 0) || begins(0x64, 0xff9b, 1)) return low
  if (begins(0x2002)) return at(1)
  // Teredo keeps the client's address with every bit turned.
  return begins(0x2001, 0) ? (low ^ 0xffff_ffff) >>> 0 : null
}
