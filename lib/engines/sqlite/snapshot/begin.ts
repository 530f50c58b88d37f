import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { finished } from 'node:stream/promises'
import type { Measure } from '@/lib/contracts/repository/measure'
import type { BackupPart, BackupSession } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { findFiles } from '../connect/find-files'
import { pathOf } from '../connect/options'
import { copyDatabase } from './copy-database'
import { databaseRole, type ManifestFacts, type PartFacts } from './facts'
import { openScratch } from '@/lib/places/scratch'
import { requireRoom } from './require-room'

/** The databases as they were one after the other, each of one moment. One that cannot be copied ends the backup. */
export async function begin(
  source: SourceSpec,
  run: RunContext,
  { scratch: parent }: { scratch?: string } = {},
): Promise<BackupSession> {
  const path = pathOf(source)
  const found = await findFiles(path, run)
  const scratch = await openScratch(parent)
  try {
    await requireRoom(scratch.folder, found.files)
    const parts: BackupPart[] = []
    const copies: PartFacts[] = []
    let engineVersion: string | null = null
    for (const [index, file] of found.files.entries()) {
      run.progress({ phase: `copying ${file.relative}`, doneBytes: 0 })
      const base = found.isPattern ? `database-${index + 1}.sqlite` : 'database.sqlite'
      const copy = join(scratch.folder, base)
      const facts: PartFacts = { path: file.relative, ...(await copyDatabase(source, file, copy, run)) }
      engineVersion ??= facts.version
      copies.push(facts)
      parts.push(partOf(base, copy, facts))
    }
    const facts: ManifestFacts = { pattern: found.isPattern }
    run.logger.info('databases copied', { files: copies.length })
    return {
      kind: 'snapshot',
      engineVersion,
      tool: null,
      identity: null,
      label: found.isPattern ? path : basename(path),
      measures: measuresOf(copies, found.isPattern),
      facts,
      warnings: copies.flatMap(warningsOf),
      withheld: [],
      toolWarnings: [],
      parts,
      confirm: async () => undefined,
      close: scratch.close,
    }
  } catch (error) {
    await scratch.close()
    throw error
  }
}

function partOf(base: string, copy: string, facts: PartFacts): BackupPart {
  return {
    role: databaseRole,
    data: true,
    base,
    facts,
    expectedBytes: facts.sizeBytes,
    open: (run) => {
      const stream = createReadStream(copy, { signal: run.signal })
      const read = finished(stream, { writable: false }).then(
        () => rm(copy, { force: true }),
        (error: unknown) => {
          run.signal.throwIfAborted()
          throw error
        },
      )
      read.catch(() => undefined)
      return { stream, finished: read }
    },
  }
}

function warningsOf({ path, integrity, notes }: PartFacts): string[] {
  const damage = integrity.length > 0 ? [`${path} itself is damaged: ${integrity.slice(0, 3).join('; ')}`] : []
  return [...damage, ...notes.map((note) => `${path}: ${note}`)]
}

function measuresOf(copies: PartFacts[], isPattern: boolean): Measure[] {
  const tables = copies.flatMap((copy) => copy.tables)
  const rows = tables.reduce((sum, table) => sum + (table.rows ?? 0), 0)
  return [
    { name: 'rows', of: 'items', unit: 'count', value: rows },
    { name: 'tables', of: 'containers', unit: 'count', value: tables.length },
    ...(isPattern ? [{ name: 'files', of: 'containers', unit: 'count', value: copies.length } as const] : []),
  ]
}
