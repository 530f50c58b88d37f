import path from 'node:path'
import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pack } from 'tar-stream'
import type { DownloadForm } from '@/lib/contracts/backup'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { stepLines } from '@/lib/core/repository/hand-step'
import { isLaterIdentity, manifestFile, plainFile, restoreGuideFile, signatureFile } from '@/lib/core/repository/paths'
import { CheckStage } from '@/lib/pipeline/check-stage'
import type { RunContext } from '@/lib/ports/run-context'
import { confirmChange } from '../approval/confirm-change'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { found } from '../not-found'
import { permit } from '../permit'
import { permitContents } from '../source/permit-contents'
import { methodOfBackup } from './method-of'
import type { OpenCopy } from './open-copy'
import { openGoodCopy } from './open-good-copy'
import { partOpener } from './part-opener'

export interface Download {
  fileName: string
  contentType: string
  /** Null when it is known only at the end. */
  sizeBytes: number | null
  /** Ends with an error, never early, when the stored bytes are damaged. */
  stream: Readable
}

/**
 * Opens one backup as one file: `plain` is what the engine's own tools read (a tar when there are several parts), `stored` a tar of the
 * backup's folder as it lies in the store, anything else a form of the engine. Everything is streamed and checked on the way. Throws `step-up-needed`.
 */
export async function openDownload(args: {
  ctx: ServiceContext
  input: { id: string; form: DownloadForm; destinationId?: string }
  signal: AbortSignal
}): Promise<Download> {
  const { ctx, input } = args
  permit(ctx.actor, 'operator')
  const backup = found(
    await ctx.db.backup.findFirst({
      where: { id: input.id, deletedAt: null },
      include: { source: true, copies: true },
    }),
    'backup',
  )
  await permitContents(ctx, backup.source)
  if (!backup.copies.some((copy) => copy.state === 'stored')) {
    throw new HoldfastError('no-copy', `This backup has nothing stored to download (it is ${backup.status}).`)
  }
  await ctx.db.$transaction(async (tx) => {
    const what = { action: 'backup.download', subjectType: 'backup', subjectId: backup.id } as const
    const readable = input.form === 'stored' ? 'as it is stored' : 'decrypted'
    const summary = `The backup of "${backup.source.name}" of ${backup.startedAt.toISOString()}, ${readable}`
    await confirmChange(ctx, tx, { ...what, summary })
    await recordAudit(tx, ctx.actor, { ...what, detail: { form: input.form, destinationId: input.destinationId } })
  })
  const run: RunContext = { signal: args.signal, logger: ctx.logger, clock: ctx.clock, progress: () => undefined }
  const copy = await openGoodCopy(ctx, { backupId: backup.id, destinationId: input.destinationId }, run)
  const base = `${backup.source.name.replace(/[^A-Za-z0-9._-]+/g, '_')}-${backup.startedAt.toISOString().replace(/[-:]|\.\d+/g, '')}`
  try {
    if (input.form === 'stored') {
      return {
        fileName: `${base}.tar`,
        contentType: 'application/x-tar',
        sizeBytes: null,
        stream: closing(storedTar(copy, backup.repositoryPath, run), copy),
      }
    }
    if (input.form === 'plain') return await openPlain(ctx, copy, base, run)
    const form = methodOfBackup(ctx, copy.manifest).exports?.[input.form]
    if (!form) {
      throw new HoldfastError('form-unsupported', `This backup cannot be downloaded as ${input.form}.`, {
        remedy: 'Download it as plain, or as it is stored.',
      })
    }
    const script = form.open({ manifest: copy.manifest, open: partOpener(copy) }, run)
    const out = new PassThrough()
    void pipeline(script.stream, out, { end: false })
      .then(() => script.finished.then(() => out.end()))
      .catch((error: Error) => out.destroy(error))
    return {
      fileName: `${base}${form.extension}`,
      contentType: form.contentType,
      sizeBytes: null,
      stream: closing(out, copy),
    }
  } catch (error) {
    await copy.close()
    throw error
  }
}

/** One archive as it is; several parts as a tar of archives, with a note of how they go together. */
async function openPlain(ctx: ServiceContext, copy: OpenCopy, base: string, run: RunContext): Promise<Download> {
  const open = partOpener(copy)
  const method = methodOfBackup(ctx, copy.manifest)
  const parts = method.dataParts(copy.manifest)
  const [archive] = parts
  if (!archive) throw new HoldfastError('object-damaged', 'The manifest of this backup lists no archive.')
  if (parts.length === 1) {
    return {
      fileName: `${base}${path.extname(plainFile(archive.file))}`,
      contentType: 'application/octet-stream',
      sizeBytes: archive.sourceBytes,
      stream: closing(await open(archive, run), copy),
    }
  }
  const files = parts.map(({ role, file, facts }) => ({
    role,
    file: plainFile(file),
    compression: 'none',
    encrypted: false,
    facts,
  }))
  const steps = method.howToRestore(files, copy.manifest)
  const note = Buffer.from(`${stepLines(steps).join('\n')}\n`)
  const tar = makeTar(async (add) => {
    await add('HOW-TO-RESTORE.txt', note.length, async () => Readable.from([note]))
    for (const part of parts) await add(plainFile(part.file), part.sourceBytes, () => open(part, run))
  }, run)
  return {
    fileName: `${base}.tar`,
    contentType: 'application/x-tar',
    sizeBytes: null,
    stream: closing(tar, copy),
  }
}

/** Closes the store when the stream is over, however it ends. */
function closing(stream: Readable, copy: OpenCopy): Readable {
  stream.once('close', () => void copy.close())
  return stream
}

/**
 * The backup's folder as a tar, manifest first. Manifest and key were checked when the copy was opened; every part is
 * compared with the manifest as it goes out, and the tar breaks off when one differs.
 */
function storedTar(copy: OpenCopy, folder: string, run: RunContext): Readable {
  return makeTar(async (add) => {
    const { encryption } = copy.manifest
    const beside: string[] = []
    for await (const { key } of copy.storage.list(folder, run)) {
      const file = key.slice(folder.length)
      const later = encryption !== null && isLaterIdentity(encryption.keyFile, file)
      if (file === signatureFile || file === restoreGuideFile || later) beside.push(file)
    }
    for (const file of [manifestFile, ...(encryption ? [encryption.keyFile] : []), ...beside]) {
      const info = await copy.storage.head(folder + file, run)
      if (!info) throw new HoldfastError('object-not-found', `${file} is missing from the store.`)
      await add(file, info.sizeBytes, () => copy.storage.get(folder + file, null, run))
    }
    for (const part of copy.manifest.parts) {
      const expected = { bytes: part.storedBytes, sha256: part.storedSha256 }
      const toError = (difference: Error) =>
        new HoldfastError('object-damaged', `The stored object ${folder}${part.file} is damaged: ${difference.message}`)
      const checks = [new CheckStage('stored', expected, toError)]
      await add(part.file, part.storedBytes, () => copy.storage.get(folder + part.file, null, run), checks)
    }
  }, run)
}

type AddToTar = (file: string, sizeBytes: number, open: () => Promise<Readable>, checks?: CheckStage[]) => Promise<void>

/** A tar that breaks off with the error of whatever fills it. */
function makeTar(fill: (add: AddToTar) => Promise<void>, run: RunContext): Readable {
  const tar = pack()
  const add: AddToTar = async (name, size, open, checks = []) => {
    const body = await open()
    await pipeline([body, ...checks, tar.entry({ name, size, mode: 0o600 })], { signal: run.signal })
  }
  fill(add).then(
    () => tar.finalize(),
    (error: Error) => tar.destroy(error),
  )
  // tar-stream speaks streamx; a PassThrough makes it the stream that Node's own code expects.
  const out = new PassThrough()
  void pipeline(tar, out).catch((error: Error) => out.destroy(error))
  return out
}
