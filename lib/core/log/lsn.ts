/** A place in PostgreSQL's log: the number of bytes written before it, below 2^64. */
export type Lsn = bigint

/** Reads `16/B374D848` as PostgreSQL writes it. Throws a SyntaxError that quotes anything else. */
export function parseLsn(text: string): Lsn {
  const [, high, low] = /^([0-9A-Fa-f]{1,8})\/([0-9A-Fa-f]{1,8})$/.exec(text) ?? []
  if (high === undefined || low === undefined)
    throw new SyntaxError(`${JSON.stringify(text)} is no LSN such as 0/1A2B3C.`)
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`)
}

/** As PostgreSQL writes it: two hexadecimal numbers without leading zeros. */
export function formatLsn(lsn: Lsn): string {
  return `${hex(lsn >> 32n)}/${hex(lsn & 0xffffffffn)}`
}

const hex = (number: bigint): string => number.toString(16).toUpperCase()
