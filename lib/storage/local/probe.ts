import { randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import type { ProbeReport } from '@/lib/contracts/destination'
import type { RunContext } from '@/lib/ports/run-context'
import { ProbeChecks } from '../probe-checks'
import { deleteObjects } from './delete'
import { get } from './get'
import { list } from './list'
import { put } from './put'
import type { RootFolder } from './root-folder'
import { readSpace } from './space'

/** Below this a folder is hardly a place for backups. */
const littleSpaceBytes = 1024 ** 3

export async function probe(root: RootFolder, run: RunContext): Promise<ProbeReport> {
  const startedAt = performance.now()
  const checks = new ProbeChecks(run)
  const key = `holdfast/probe/${randomUUID()}`
  const content = Buffer.from(`Holdfast probe ${key}\n`)
  const written = await checks.try('write', async () => {
    await put(root, key, Readable.from([content]), run)
    return { result: 'ok' }
  })
  if (written) {
    await checks.try('read', async () => {
      const same = content.equals(await buffer(await get(root, key, null, run)))
      return same ? { result: 'ok' } : { result: 'failed', detail: 'What was read is not what was written' }
    })
    await checks.try('list', async () => {
      for await (const object of list(root, key)) if (object.key === key) return { result: 'ok' }
      return { result: 'failed', detail: 'The file that was written is not in the listing' }
    })
    await checks.try('conditional-writes', async () => {
      const refused = await put(root, key, Readable.from([content]), run).catch((error: unknown) => error)
      return refused instanceof Error ? { result: 'ok' } : { result: 'failed', detail: 'A file was overwritten' }
    })
    await checks.try('delete', async () => {
      const [outcome] = await deleteObjects(root, [key], run)
      return outcome?.result === 'deleted' ? { result: 'ok' } : { result: 'failed', detail: outcome?.message }
    })
    await checks.try('checksums', async () => ({
      result: 'unsupported',
      detail: 'A file system reports none: each file is read back before it gets its name',
    }))
    await checks.try('free-space', () => freeSpace(root, checks))
  }
  return checks.report(performance.now() - startedAt)
}

async function freeSpace(root: RootFolder, checks: ProbeChecks): Promise<{ result: 'ok' | 'failed'; detail: string }> {
  const { totalBytes, freeBytes } = await readSpace(root)
  checks.space({ totalBytes, freeBytes })
  const detail = `${(freeBytes / 1024 ** 3).toFixed(1)} GiB free of ${(totalBytes / 1024 ** 3).toFixed(1)} GiB`
  return { result: freeBytes < littleSpaceBytes ? 'failed' : 'ok', detail }
}
