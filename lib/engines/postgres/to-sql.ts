import { join } from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { RunContext } from '@/lib/ports/run-context'
import { feedCommand } from '@/lib/process/feed-command'
import { runCommand } from '@/lib/process/run-command'
import { ArchiveWalker } from './archive/archive-walker'
import { findNewestClient } from './find-client'
import { dumpError } from './dump-error'

/** The archive as one plain script, by the newest pg_restore that is installed. */
export function toSql(archive: Readable, run: RunContext): { stream: Readable; finished: Promise<void> } {
  const stream = new PassThrough()
  stream.on('error', () => undefined)
  const finished = convert(archive, stream, run).catch((error: unknown) => {
    const reason = run.signal.aborted ? run.signal.reason : dumpError(error, 'pg_restore')
    archive.destroy()
    stream.destroy(reason instanceof Error ? reason : new Error(String(reason)))
    throw reason
  })
  finished.catch(() => undefined)
  return { stream, finished }
}

async function convert(archive: Readable, stream: PassThrough, run: RunContext): Promise<void> {
  const client = await findNewestClient()
  const command = runCommand({ file: join(client.folder, 'pg_restore'), args: ['--file=-'], stdin: 'pipe' }, run)
  const walker = new ArchiveWalker()
  walker.on('error', () => undefined)
  const reading = pipeline(archive, walker, { signal: run.signal })
  const feeding = feedCommand(walker, command)
  // The end is passed on by hand: pg_restore's output ends cleanly even when it was cut in the middle.
  const writing = pipeline(command.stdout, stream, { signal: run.signal, end: false })
  try {
    await Promise.all([reading, feeding, writing])
    stream.end()
  } finally {
    await command.terminate()
  }
}
