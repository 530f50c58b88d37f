import dns, { type LookupAddress, type LookupAllOptions, type LookupOptions } from 'node:dns'
import { isIPv6 } from 'node:net'
import { vi } from 'vitest'

type Done = (error: Error | null, addresses: LookupAddress[]) => void

/**
 * Stands in for the network's name service: answers these names, one answer after the other and the last forever; the
 * system is asked for all others.
 */
export function answerNames(names: Record<string, string[][]>): Disposable {
  const real = dns.lookup.bind(dns)
  const left = new Map(Object.entries(names).map(([name, answers]) => [name, [...answers]]))
  const lookup = (host: string, options: LookupOptions, done: Done) => {
    const answers = left.get(host)
    if (!answers) return real(host, { ...options, all: true } satisfies LookupAllOptions, done)
    const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? []
    process.nextTick(() =>
      done(
        null,
        answer.map((address) => ({ address, family: isIPv6(address) ? 6 : 4 })),
      ),
    )
  }
  // The signature that the product calls; the module's own has more.
  const spy = vi.spyOn(dns, 'lookup').mockImplementation(lookup as unknown as typeof dns.lookup)
  return { [Symbol.dispose]: () => spy.mockRestore() }
}
