import { createHash, randomUUID } from 'node:crypto'
import { createReadStream, createWriteStream, mkdirSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { stepLines } from '@/lib/core/repository/hand-step'
import type { Manifest } from '@/lib/contracts/repository/manifest'
import type { BackupMethod, CheckParts, ReadableBackup, OpenPart } from '@/lib/ports/backup-method'
import type { SourceSpec } from '@/lib/ports/source-spec'
import type { RunContext } from '@/lib/ports/run-context'

/** A backup taken by an engine alone, without store: its parts as plain files. */
export interface PlainBackup {
  manifest: Manifest
  open: OpenPart
  /** The files are the test's own: nothing to check. */
  check: CheckParts
  file(role: 'archive' | 'globals'): string
  warnings: string[]
  toolWarnings: string[]
}

export async function takeBackup(
  method: BackupMethod,
  source: SourceSpec,
  folder: string,
  run: RunContext,
  parent?: ReadableBackup,
): Promise<PlainBackup> {
  mkdirSync(folder, { recursive: true })
  const session = await method.begin(source, run, parent ? { parent } : {})
  try {
    const parts: Manifest['parts'] = []
    for (const part of session.parts) {
      const file = path.join(folder, part.base)
      const hash = createHash('sha256')
      const { stream, finished } = part.open(run)
      const hashing = new PassThrough()
      hashing.on('data', (chunk: Buffer) => hash.update(chunk))
      await Promise.all([pipeline(stream, hashing, createWriteStream(file), { signal: run.signal }), finished])
      const { size } = await stat(file)
      const sha256 = hash.digest('hex')
      parts.push({
        role: part.role,
        file: part.base,
        sourceBytes: size,
        sourceSha256: sha256,
        storedBytes: size,
        storedSha256: sha256,
        compression: 'none',
        encrypted: false,
        facts: part.facts ?? {},
      })
    }
    const about = {
      method: session.kind,
      source: { id: source.id, name: source.name, engine: source.engine, label: session.label },
      tool: session.tool,
    }
    const manifest: Manifest = {
      ...about,
      format: 'holdfast-backup',
      version: 2,
      instanceId: 'test',
      backupId: randomUUID(),
      identity: session.identity,
      startedAt: new Date().toISOString(),
      finishedAt: new Date().toISOString(),
      engineVersion: session.engineVersion,
      facts: JSON.parse(JSON.stringify(session.facts)),
      measures: session.measures,
      chain:
        parent && session.builtOn
          ? { base: parent.manifest.chain?.base ?? parent.manifest.backupId, parent: parent.manifest.backupId }
          : null,
      range: null,
      earliestTarget: null,
      latestTarget: null,
      encryption: null,
      parts,
      howToRestore: stepLines(method.howToRestore(parts, about)),
    }
    const file = (role: 'archive' | 'globals') => path.join(folder, role === 'archive' ? 'archive.dump' : 'globals.sql')
    return {
      manifest,
      check: async () => undefined,
      open: async (part) => createReadStream(path.join(folder, part.file)),
      file,
      warnings: session.warnings,
      toolWarnings: session.toolWarnings,
    }
  } finally {
    await session.close()
  }
}
