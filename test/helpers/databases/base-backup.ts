import { execFileSync } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import {
  chownSync,
  closeSync,
  createReadStream,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Writable } from 'node:stream'
import { beginBase, beginIncremental } from '@/lib/engines/postgres/physical/begin/begin-base'
import { baseFactsSchema, type BaseFacts } from '@/lib/engines/postgres/physical/base-facts'
import type { ManifestPart } from '@/lib/contracts/repository/manifest'
import type { BackupSession, ReadableBackup } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { recycle } from '@/lib/process/buffer-pool'
import { sideBySide } from '@/lib/process/side-by-side'
import type { TestPostgres } from '../servers/postgres'

export interface TakenBase {
  session: BackupSession
  facts: BaseFacts
  folder: string
}

/** A base backup with its parts in files of the folder, read side by side as a worker does. */
export async function takeBase(
  source: SourceSpec,
  folder: string,
  run: RunContext,
  during: { opened?: () => Promise<void>; write?: (base: string) => Writable; parent?: ReadableBackup } = {},
): Promise<TakenBase> {
  const { parent } = during
  const session = await (parent ? beginIncremental(source, run, { parent }) : beginBase(source, run))
  try {
    await during.opened?.()
    await sideBySide(session.parts.length, session.parts, run, async (part, scope) => {
      const { stream, finished } = part.open(scope)
      const into = during.write?.(part.base) ?? intoFile(path.join(folder, part.base))
      await Promise.all([pipeline([stream, into], { signal: scope.signal }), finished])
    })
    await session.confirm()
    return { session, facts: baseFactsSchema.parse(session.facts), folder }
  } finally {
    await session.close()
  }
}

/** Gives the memory back as the last stage of a backup does, so that what is kept too long shows in the files. */
function intoFile(file: string): Writable {
  const into = openSync(file, 'wx')
  return new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      for (let at = 0; at < chunk.length;) at += writeSync(into, chunk, at)
      recycle(chunk)
      done()
    },
    destroy: (error, done) => {
      closeSync(into)
      done(error)
    },
  })
}

/** What was taken, as a restore reads it; `parent` is what it was given. */
export function readableBase(
  { session, facts: baseFacts, folder }: TakenBase,
  parent?: ReadableBackup,
): ReadableBackup {
  const chain =
    parent && session.builtOn
      ? { base: parent.manifest.chain?.base ?? parent.manifest.backupId, parent: parent.manifest.backupId }
      : null
  const parts = session.parts.map(({ role, base, facts = {} }): ManifestPart => {
    const bytes = readFileSync(path.join(folder, base))
    const [size, sha256] = [bytes.length, createHash('sha256').update(bytes).digest('hex')]
    return {
      ...{ role, file: base, sourceBytes: size, sourceSha256: sha256, storedBytes: size, storedSha256: sha256 },
      ...{ compression: 'none', encrypted: false, facts },
    }
  })
  const range = session.range?.() ?? null
  return {
    manifest: {
      ...{ format: 'holdfast-backup', version: 2, instanceId: 'test', backupId: randomUUID() },
      source: { id: randomUUID(), name: 'test', engine: 'postgres', label: session.label },
      ...{ method: session.kind, identity: session.identity, engineVersion: session.engineVersion, tool: session.tool },
      ...{ startedAt: baseFacts.serverStartedAt, finishedAt: baseFacts.serverFinishedAt },
      ...{ facts: session.facts, measures: session.measures, chain, range },
      ...{ earliestTarget: null, latestTarget: null, encryption: null, parts, howToRestore: [] },
    },
    open: async (part, { signal }) => createReadStream(path.join(folder, part.file), { signal }),
  }
}

const asPostgres = (): { uid: number; gid: number } | undefined => {
  if (process.getuid?.() !== 0) return undefined
  const [uid = 0, gid = 0] = ['-u', '-g'].map((flag) =>
    Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })),
  )
  return { uid, gid }
}

/**
 * A data directory made from the parts by plain tar alone, its tablespaces beside it, with all of the source's log. Answers where the
 * tablespaces are, by oid.
 */
export function unpackByHand({ folder, facts }: TakenBase, into: string, log: string): Map<string, string> {
  const user = asPostgres()
  const data = path.join(into, 'data')
  const folders = new Map(facts.tablespaces.map(({ oid }) => [oid, path.join(into, `space-${oid}`)]))
  for (const made of [data, ...folders.values()]) mkdirSync(made, { mode: 0o700 })
  for (const name of readdirSync(folder)) {
    const [, of] = /^(base|tablespace-\d+)-\d+\.tar$/.exec(name) ?? []
    if (of === undefined) continue
    const to = of === 'base' ? data : (folders.get(of.replace('tablespace-', '')) ?? '')
    execFileSync('tar', ['-xf', path.join(folder, name), '-C', to], { stdio: 'pipe' })
  }
  for (const [oid, to] of folders) execFileSync('ln', ['-s', to, path.join(data, 'pg_tblspc', oid)])
  if (folders.size > 0) {
    const map = [...folders].map(([oid, to]) => `${oid} ${to}\n`).join('')
    writeFileSync(path.join(data, 'tablespace_map'), map)
  }
  execFileSync('cp', [path.join(folder, 'backup_manifest'), data])
  execFileSync('sh', ['-c', `cp ${log}/0* ${data}/pg_wal/`])
  if (user) {
    execFileSync('chown', ['-R', `${user.uid}:${user.gid}`, into])
    chownSync(into, user.uid, user.gid)
  }
  return folders
}

/** What the server's own program says about a data directory. The map of tablespaces was rewritten, and is left out. */
export function verifyBase(pg: Pick<TestPostgres, 'bin'>, data: string): string {
  const args = ['-n', '-i', 'tablespace_map', data]
  return execFileSync(path.join(pg.bin, 'pg_verifybackup'), args, {
    ...asPostgres(),
    cwd: tmpdir(),
    encoding: 'utf8',
    stdio: 'pipe',
  })
}
