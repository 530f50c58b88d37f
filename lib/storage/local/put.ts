import { createHash } from 'node:crypto'
import { link, open, rename, unlink } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import path from 'node:path'
import type { Readable } from 'node:stream'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import type { StoredObject } from '@/lib/ports/storage'
import { sourceChunks } from '../source-chunks'
import { classifyError, isErrno } from './classify-error'
import { partialName } from './partial-name'
import type { RootFolder } from './root-folder'
import { nameExists, syncFolder } from './root-folder'

/**
 * Writes beside the final name, syncs, confirms, then links the name: a reader or a crash sees the whole object or none.
 * A file system reports no checksum, so the bytes are read back before the name appears. They may come from the page
 * cache: this catches what was lost on the way to the kernel (short writes, a replaced file), a restore test the disk.
 */
export async function put(root: RootFolder, key: string, body: Readable, run: RunContext): Promise<StoredObject> {
  const file = root.file(key)
  const temporary = partialName(file)
  let handle: FileHandle | undefined
  try {
    await root.check()
    if (await nameExists(file)) throw exists(key)
    handle = await openTemporary(root, temporary)
    const sent = await write(handle, body, run.signal)
    await handle.sync()
    await confirm(handle, key, sent, run.signal)
    await handle.close()
    handle = undefined
    run.signal.throwIfAborted()
    await giveName(temporary, file, key)
    await syncFolder(path.dirname(file))
    return { key, ...sent }
  } catch (error) {
    body.destroy()
    await handle?.close().catch(() => undefined)
    await unlink(temporary).catch(() => undefined)
    await root.prune(path.dirname(file))
    throw classifyError(error, { path: file, key })
  }
}

async function openTemporary(root: RootFolder, temporary: string): Promise<FileHandle> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await root.makeParent(temporary)
      return await open(temporary, 'wx+', 0o600)
    } catch (error) {
      // A neighbour that failed may have pruned the empty folder between the two calls.
      if (attempt >= 5 || !isErrno(error, 'ENOENT')) throw error
    }
  }
}

async function write(handle: FileHandle, body: Readable, signal: AbortSignal) {
  const hash = createHash('sha256')
  let sizeBytes = 0
  for await (const chunk of sourceChunks(body, signal)) {
    hash.update(chunk)
    for (let offset = 0; offset < chunk.length;) {
      const { bytesWritten } = await handle.write(chunk, offset, chunk.length - offset, sizeBytes + offset)
      offset += bytesWritten
    }
    sizeBytes += chunk.length
  }
  return { sizeBytes, sha256: hash.digest('hex') }
}

async function confirm(
  handle: FileHandle,
  key: string,
  sent: { sizeBytes: number; sha256: string },
  signal: AbortSignal,
): Promise<void> {
  const { size } = await handle.stat()
  const hash = createHash('sha256')
  const buffer = Buffer.allocUnsafe(1024 * 1024)
  for (let position = 0; ;) {
    signal.throwIfAborted()
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, position)
    if (bytesRead === 0) break
    hash.update(buffer.subarray(0, bytesRead))
    position += bytesRead
  }
  if (size === sent.sizeBytes && hash.digest('hex') === sent.sha256) return
  throw new HoldfastError('object-damaged', `${key} does not read back as it was written`, {
    remedy: 'Check the disk of this destination',
    facts: { key, sentBytes: sent.sizeBytes, storedBytes: size },
  })
}

/** link(2) refuses an existing name atomically, which rename(2) does not. */
async function giveName(temporary: string, file: string, key: string): Promise<void> {
  try {
    await link(temporary, file)
  } catch (error) {
    if (isErrno(error, 'EEXIST')) throw exists(key)
    if (!isErrno(error, 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK')) throw error
    // No hard links here (exFAT, some network shares): two writers of one name could race between these two lines.
    if (await nameExists(file)) throw exists(key)
    await rename(temporary, file)
    return
  }
  await unlink(temporary)
}

function exists(key: string): HoldfastError {
  return new HoldfastError('object-exists', `${key} exists already and is not overwritten`, {
    remedy: 'Another instance may use the same folder: give each its own',
    facts: { key },
  })
}
