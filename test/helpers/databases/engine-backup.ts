import { createHash } from 'node:crypto'
import { createReadStream, createWriteStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import path from 'node:path'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { stepLines } from '@/lib/core/repository/hand-step'
import type { Manifest } from '@/lib/contracts/repository/manifest'
import type { CheckParts, Engine, OpenPart, SourceSpec } from '@/lib/ports/engine'
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
  engine: Engine,
  source: SourceSpec,
  folder: string,
  run: RunContext,
): Promise<PlainBackup> {
  const session = await engine.beginBackup(source, run)
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
      source: { id: source.id, name: source.name, engine: source.engine, label: session.label },
      tool: session.tool,
    }
    const manifest: Manifest = {
      ...about,
      format: 'holdfast-backup',
      version: 2,
      instanceId: 'test',
      backupId: '0193b3a2-6c1e-7c3a-9b1f-2f6f6b0c9a12',
      method: 'logical',
      identity: session.identity,
      startedAt: new Date().toISOString(),
      finishedAt: new Date().toISOString(),
      engineVersion: session.engineVersion,
      facts: JSON.parse(JSON.stringify(session.facts)),
      measures: session.measures,
      chain: null,
      range: null,
      earliestTarget: null,
      latestTarget: null,
      encryption: null,
      parts,
      howToRestore: stepLines(engine.howToRestore(parts, about)),
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
