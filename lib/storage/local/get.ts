import { constants } from 'node:fs'
import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import { objectStream } from '../object-stream'
import { classifyError } from './classify-error'
import type { RootFolder } from './root-folder'

const chunkBytes = 256 * 1024

/** Opens the file now, so that a missing one is an error of this call; reads it as the stream is read. */
export async function get(
  root: RootFolder,
  key: string,
  range: { start: number; end: number } | null,
  run: RunContext,
): Promise<Readable> {
  await root.check()
  const file = root.file(key)
  const handle = await openFile(root, file).catch((error: unknown) => {
    throw classifyError(error, { path: file, key })
  })
  try {
    const { size } = await handle.stat()
    const from = range?.start ?? 0
    const until = range ? range.end + 1 : size
    if (until > size) throw damaged(key, until, size)
    return objectStream(chunks(handle, { key, file, from, until }, run), {
      signal: run.signal,
      highWaterMark: chunkBytes,
      release: () => handle.close(),
    })
  } catch (error) {
    await handle.close()
    throw error
  }
}

async function openFile(root: RootFolder, file: string): Promise<FileHandle> {
  await root.checkInside(path.dirname(file))
  // Without O_NONBLOCK, opening a pipe in place of a file would block forever.
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  if ((await handle.stat()).isFile()) return handle
  await handle.close()
  throw new HoldfastError('storage-denied', `${file} is not a file`, {
    remedy: 'Remove it from the destination, then find out who put it there',
    facts: { path: file },
  })
}

async function* chunks(
  handle: FileHandle,
  span: { key: string; file: string; from: number; until: number },
  run: RunContext,
): AsyncGenerator<Buffer> {
  try {
    for (let position = span.from; position < span.until;) {
      run.signal.throwIfAborted()
      const length = Math.min(chunkBytes, span.until - position)
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, position)
      if (bytesRead === 0) throw damaged(span.key, span.until, position)
      position += bytesRead
      yield buffer.subarray(0, bytesRead)
    }
  } catch (error) {
    run.signal.throwIfAborted()
    throw classifyError(error, { path: span.file, key: span.key })
  }
}

function damaged(key: string, expectedBytes: number, foundBytes: number): HoldfastError {
  return new HoldfastError('object-damaged', `${key} ends at byte ${foundBytes}, expected at least ${expectedBytes}`, {
    remedy: 'Restore from another copy; check the disk of this destination',
    facts: { key, expectedBytes, foundBytes },
  })
}
