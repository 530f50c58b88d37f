import { open as openFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, type Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { ReadableBackup } from '@/lib/ports/backup-method'
import type { Confinement } from '@/lib/ports/sandbox'
import type { RunContext } from '@/lib/ports/run-context'
import { runCommand } from '@/lib/process/run-command'
import { openRoom } from '../../reader/open-room'
import { dataParts, partFacts } from '../facts'
import { writePart } from '../write-part'

const lastLines = 64

/** What `.dump` of the sqlite3 program writes; of several databases one after the other, each opened under a name of its own. */
export function toSql(backup: ReadableBackup, run: RunContext): { stream: Readable; finished: Promise<void> } {
  const stream = new PassThrough()
  // Each database has its own way into it.
  stream.setMaxListeners(0)
  stream.on('error', () => undefined)
  const finished = convert(backup, stream, run).catch((error: unknown) => {
    const reason: unknown = run.signal.aborted ? run.signal.reason : error
    stream.destroy(reason instanceof Error ? reason : new Error(String(reason)))
    throw reason
  })
  finished.catch(() => undefined)
  return { stream, finished }
}

async function convert({ manifest, open }: ReadableBackup, stream: PassThrough, run: RunContext): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'holdfast-sqlite-sql-'))
  const room = await openRoom({ paths: [folder], pids: [], sockets: [] }, run)
  try {
    if (!room.isApart) {
      throw new HoldfastError(
        'sandbox-unconfined',
        'This machine cannot keep a program that reads the database apart.',
        {
          remedy: 'Install bubblewrap, or download the database itself and let sqlite3 write the script (.dump).',
        },
      )
    }
    const parts = dataParts(manifest)
    for (const part of parts) {
      const file = join(folder, 'database.sqlite')
      await writePart(open, part, file, run)
      if (parts.length > 1) stream.write(heading(partFacts(part).path, part.file))
      await room.lend(file, (confinement) => dump(confinement, file, stream, run))
      await rm(file)
    }
    stream.end()
  } finally {
    await room.close()
    await rm(folder, { recursive: true, force: true })
  }
}

/** Comments end with their line, whatever the file is called. */
const heading = (path: string, file: string) =>
  `-- Database ${JSON.stringify(path)}\n.open ${file.split('.sqlite')[0] ?? 'database'}.sqlite\n`

async function dump(confinement: Confinement, file: string, stream: PassThrough, run: RunContext): Promise<void> {
  await requireHeader(file)
  const url = new URL(`file://${file}?immutable=1`).href
  const args = ['-safe', '-batch', '-bail', url, '.dump']
  const command = runCommand(confinement.command({ file: 'sqlite3', args }, { read: [file] }), run)
  let tail = ''
  command.stdout.on('data', (chunk: Buffer) => {
    tail = (tail + chunk.toString('latin1')).slice(-lastLines)
  })
  try {
    await Promise.all([pipeline(command.stdout, stream, { signal: run.signal, end: false }), command.exited])
  } finally {
    await command.terminate()
  }
  // It reports damage in a comment, and then exits with 0.
  if (tail.endsWith('COMMIT;\n')) return
  throw new HoldfastError('object-damaged', 'The sqlite3 program could not read the whole database.', {
    facts: { end: tail, stderr: command.stderrTail() },
  })
}

async function requireHeader(file: string): Promise<void> {
  const handle = await openFile(file, 'r')
  try {
    const { buffer } = await handle.read(Buffer.alloc(16), 0, 16, 0)
    if (buffer.toString('latin1') === 'SQLite format 3\0') return
  } finally {
    await handle.close()
  }
  throw new HoldfastError('object-damaged', 'The stored bytes are no SQLite database.')
}
