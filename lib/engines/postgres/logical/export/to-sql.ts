import { join } from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { Manifest, ManifestPart } from '@/lib/contracts/repository/manifest'
import type { OpenPart } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import { feedCommand } from '@/lib/process/feed-command'
import { runCommand } from '@/lib/process/run-command'
import { ArchiveWalker } from '@/lib/engines/postgres/logical/archive/archive-walker'
import { dumpError } from '@/lib/engines/postgres/logical/dump/dump-error'
import { findNewestClient, type Installation } from '@/lib/engines/postgres/connect/find-client'
import { readPartContents } from '@/lib/engines/postgres/logical/restore/restore-parts'
import { openPlainWorkplace } from '@/lib/engines/postgres/logical/restore/workplace'
import { dataPartsOf, partOf } from '@/lib/engines/postgres/logical/archive/parts'

interface Input {
  manifest: Manifest
  open: OpenPart
}

/** All parts as one plain script, by the newest pg_restore that is installed. */
export function toSql(input: Input, run: RunContext): { stream: Readable; finished: Promise<void> } {
  const stream = new PassThrough()
  stream.on('error', () => undefined)
  const finished = convert(input, stream, run).catch((error: unknown) => {
    const reason = run.signal.aborted ? run.signal.reason : dumpError(error, 'pg_restore')
    stream.destroy(reason instanceof Error ? reason : new Error(String(reason)))
    throw reason
  })
  finished.catch(() => undefined)
  return { stream, finished }
}

async function convert({ manifest, open }: Input, stream: PassThrough, run: RunContext): Promise<void> {
  const client = await findNewestClient()
  const parts = dataPartsOf(manifest)
  const [only] = parts
  if (parts.length === 1 && only) {
    await convertPart(client, [], only, open, stream, run)
  } else {
    const place = await openPlainWorkplace()
    try {
      // Rows go between the tables and their indexes; both are in the archive's table of contents.
      const { file } = await readPartContents(open, partOf(manifest, 'archive'), place, run)
      await convertFile(client, 'pre-data', file, stream, run)
      for (const part of parts) await convertPart(client, ['--section=data'], part, open, stream, run)
      await convertFile(client, 'post-data', file, stream, run)
    } finally {
      await place.close()
    }
  }
  stream.end()
}

async function convertFile(
  client: Installation,
  section: string,
  file: string,
  stream: PassThrough,
  run: RunContext,
): Promise<void> {
  const args = ['--file=-', `--section=${section}`, file]
  const command = runCommand({ file: join(client.folder, 'pg_restore'), args }, run)
  try {
    await Promise.all([pipeline(command.stdout, stream, { signal: run.signal, end: false }), command.exited])
  } finally {
    await command.terminate()
  }
}

async function convertPart(
  client: Installation,
  args: string[],
  part: ManifestPart,
  open: OpenPart,
  stream: PassThrough,
  run: RunContext,
): Promise<void> {
  const archive = await open(part, run)
  const walker = new ArchiveWalker()
  walker.on('error', () => undefined)
  try {
    const spec = { file: join(client.folder, 'pg_restore'), args: ['--file=-', ...args], stdin: 'pipe' as const }
    const command = runCommand(spec, run)
    try {
      const reading = pipeline(archive, walker, { signal: run.signal })
      const feeding = feedCommand(walker, command)
      // The end is passed on by hand: pg_restore's output ends cleanly even when it was cut in the middle.
      const writing = pipeline(command.stdout, stream, { signal: run.signal, end: false })
      await Promise.all([reading, feeding, writing])
    } finally {
      await command.terminate()
    }
  } finally {
    walker.destroy()
    archive.destroy()
  }
}
