import { readSync, writeSync } from 'node:fs'
import { TarWalker } from '../base-tar/walk-tar'
import { type UnpackAnswer, unpackTask } from './unpack-answers'
import { EntryWriter } from './write-entries'

const bufferBytes = 256 * 1024
const reportedBytes = 8 * 1024 * 1024

/** The process that `unpackPart` starts. It has one buffer and waits for each call, which spares all that streams cost. */
try {
  unpack()
} catch (error) {
  if (!(error instanceof Error)) throw error
  if (error instanceof SyntaxError) answer({ damaged: error.message })
  else if ('syscall' in error && 'code' in error)
    answer({ failed: { code: String(error.code), message: error.message } })
  else throw error
  process.exitCode = 1
}

function unpack(): void {
  const { folder, algorithm, bytes: expected } = unpackTask.parse(JSON.parse(process.argv[2] ?? ''))
  const writer = new EntryWriter({
    folder,
    algorithm,
    onFile: ({ path, size, checksum }) => answer({ file: { path, size, checksum } }),
  })
  const walker = new TarWalker(writer)
  const buffer = Buffer.allocUnsafeSlow(bufferBytes)
  let bytes = 0
  let told = 0
  for (let read = readSync(0, buffer); read > 0; read = readSync(0, buffer)) {
    bytes += read
    if (bytes > expected) throw new SyntaxError(`a part of it goes on behind its ${expected} bytes`)
    walker.write(buffer.subarray(0, read))
    if (bytes - told < reportedBytes) continue
    answer({ bytes })
    told = bytes
  }
  if (bytes < expected) throw new SyntaxError(`a part of it ends after ${bytes} of ${expected} bytes`)
  walker.end()
  answer({ bytes })
}

function answer(line: UnpackAnswer): void {
  const bytes = Buffer.from(`${JSON.stringify(line)}\n`)
  for (let at = 0; at < bytes.length;) at += writeSync(1, bytes, at)
}
