import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { inflateSync } from 'node:zlib'

const folder = path.resolve(import.meta.dirname, '../../fixtures/age-vectors')

/** One of the public test vectors of the age format; `payloadSha256` is of all that may be given out, failure or not. */
export interface AgeVector {
  name: string
  expected: string
  identity: string
  payloadSha256: string | null
  sealed: Buffer
}

/** Every vector in the folder. A key that we do not know is an error: the vector may mean something else by it. */
export function readAgeVectors(): AgeVector[] {
  return readdirSync(folder)
    .filter((name) => name !== 'README.md')
    .sort()
    .map((name) => readVector(name, readFileSync(path.join(folder, name))))
}

function readVector(name: string, file: Buffer): AgeVector {
  const end = file.indexOf('\n\n')
  const fields = new Map(
    file
      .toString('utf8', 0, end)
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf(': ')), line.slice(line.indexOf(': ') + 2)] as const),
  )
  const take = (key: string) => {
    const value = fields.get(key)
    fields.delete(key)
    return value
  }
  const [expected, identity = '', payloadSha256 = null] = [take('expect'), take('identity'), take('payload')]
  const compressed = take('compressed')
  take('file key')
  take('comment')
  if (end < 0 || expected === undefined || fields.size > 0 || (compressed ?? 'zlib') !== 'zlib')
    throw new Error(`The age vector ${name} is not of the form that is known here: ${[...fields.keys()].join(', ')}`)
  const body = file.subarray(end + 2)
  return { name, expected, identity, payloadSha256, sealed: compressed ? inflateSync(body) : body }
}
