import { Readable } from 'node:stream'

/** A stream of the content in pieces of a size; with an error it fails where it would end. */
export function pieces(content: Buffer, pieceBytes: number, error?: Error): Readable {
  const chunks = function* () {
    for (let offset = 0; offset < content.length; offset += pieceBytes) {
      yield content.subarray(offset, offset + pieceBytes)
    }
    if (error) throw error
  }
  return Readable.from(chunks(), { objectMode: false })
}

/** Patterned bytes up to a size, made as they are read. `onSent` is told the sum before each piece. */
export function endless(sizeBytes: number, onSent: (sentBytes: number) => void = () => undefined): Readable {
  let sent = 0
  return new Readable({
    read() {
      onSent(sent)
      if (sent >= sizeBytes) {
        this.push(null)
        return
      }
      const length = Math.min(65_536, sizeBytes - sent)
      const piece = Buffer.alloc(length, sent % 251)
      sent += length
      // In its own turn, as bytes from a process or a socket arrive.
      setImmediate(() => this.push(piece))
    },
  })
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of items) all.push(item)
  return all
}

/** What the promise rejects with; a promise that resolves is an error of the test. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise
  } catch (error) {
    return error
  }
  throw new Error('It was expected to fail, and did not')
}
