import { createReadStream } from 'node:fs'
import { lstat, realpath } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { Readable } from 'node:stream'
import { filesConnectionSchema, filesOptionsSchema } from '@/lib/contracts/engines/files'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { BackupPart, BackupSession, ReadableBackup } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { openScratch } from '@/lib/places/scratch'
import { confineTool, type KnownFolder } from '@/lib/sandbox/confine-tool'
import { dumpError, fileError, folderReplaced } from '../classify-error'
import { readIndex } from '../index/read-index'
import { tarVersion } from '../tar-version'
import { chosenBy } from '../tree/chosen'
import { scan } from '../tree/scan'
import { pathWords, type TreePath } from '../tree/tree-path'
import { dumpTar, readCapabilities } from './dump-tar'
import { planTree } from './plan'
import { foldersPart } from './shares'
import { StoredEntries } from './stored-entries'
import { writeIndex } from './write-index'

/** More would make one disk seek between them. */
const mostStreams = 4
/** Names in a warning; the rest are counted. */
const named = 20

/** A full backup of the tree. */
export const beginSnapshot = (
  source: SourceSpec,
  run: RunContext,
  { scratch }: { scratch?: string } = {},
): Promise<BackupSession> => begin(source, run, null, scratch)

/** What changed since the parent; without one, or with one of another folder, a full backup that says why. */
export async function beginIncremental(
  source: SourceSpec,
  run: RunContext,
  { parent, scratch }: { parent?: ReadableBackup; scratch?: string } = {},
): Promise<BackupSession> {
  const root = await rootOf(source)
  return begin(source, run, parent && parent.manifest.identity === root ? parent : null, scratch)
}

async function begin(
  source: SourceSpec,
  run: RunContext,
  parent: ReadableBackup | null,
  scratch: string | undefined,
): Promise<BackupSession> {
  run.signal.throwIfAborted()
  const { include, exclude } = filesConnectionSchema.parse(source.connection)
  const { oneFileSystem, parallelism } = filesOptionsSchema.parse(source.options)
  const root = await rootOf(source)
  const version = await tarVersion(run)
  const folderThen = { path: root, is: await lstat(root, { bigint: true }) }
  const room = await confineTool(
    { file: 'tar', capabilities: readCapabilities, folder: { ...folderThen, as: 'read' } },
    run,
  ).catch((error: unknown) => {
    throw dumpError(error, root)
  })
  const { folder, close } = await openScratch(scratch)
  try {
    run.progress({ phase: 'looking through the folder', doneBytes: 0 })
    const special: TreePath[] = []
    const found = scan(
      root,
      { choice: chosenBy(include, exclude), oneFileSystem, onSpecial: (one) => special.push(one) },
      run,
    )
    const plan = await planTree(
      {
        root,
        found,
        before: parent ? readIndex(parent, run) : null,
        streams: parallelism ?? Math.min(mostStreams, availableParallelism()),
        folder,
      },
      run,
    ).catch((error: unknown) => {
      throw error instanceof HoldfastError || run.signal.aborted ? error : fileError(error, root)
    })
    const stored = new StoredEntries(folder)
    const toolWarnings: string[] = room.lacking === null ? [] : [room.lacking]
    const tars = plan.parts.map(({ name, listFile, bytes }): BackupPart & { done: Promise<void> } => {
      const done = Promise.withResolvers<void>()
      done.promise.catch(() => undefined)
      return {
        role: name === foldersPart ? 'folders' : 'files',
        data: name !== foldersPart,
        base: name,
        seekable: true,
        ...(name === foldersPart ? {} : { expectedBytes: bytes }),
        done: done.promise,
        open: (scope) => {
          const { namesFile, onEntry, close: ended } = stored.open(name)
          const tar = dumpTar({ source, root: folderThen, room, listFile, namesFile, onEntry }, scope)
          const finished = tar.finished.then(ended)
          finished.then(done.resolve, done.reject)
          return { stream: tar.stream, finished }
        },
      }
    })
    const index: BackupPart = {
      role: 'index',
      data: false,
      base: 'index.jsonl',
      open: (scope) => {
        const ready = Promise.all(tars.map(({ done }) => done))
        const stream = Readable.from(
          writeIndex(
            { root, entriesFile: plan.entriesFile, stored, ready, warn: (one) => toolWarnings.push(one) },
            scope,
          ),
        )
        return { stream, finished: ready.then(() => undefined) }
      },
    }
    const removed = plan.removedFile
    return {
      kind: parent ? 'incremental' : 'snapshot',
      builtOn: parent !== null,
      engineVersion: null,
      tool: { name: 'tar', version },
      identity: root,
      label: root,
      measures: [
        { name: 'files', of: 'items', unit: 'count', value: plan.files },
        { name: 'bytes', of: 'items', unit: 'bytes', value: plan.bytes },
      ],
      facts: { root, files: plan.files, bytes: plan.bytes },
      warnings: special.length === 0 ? [] : [`Sockets, pipes and devices are not backed up: ${list(special)}.`],
      withheld: [],
      toolWarnings,
      parts: [...tars, ...(removed === null ? [] : [plainPart('removed', 'removed.list', removed)]), index],
      confirm: () => confirmRoot(folderThen),
      close,
    }
  } catch (error) {
    await close()
    throw error
  }
}

/** Where the folder really is: what links lead to may change between two backups. */
async function rootOf(source: SourceSpec): Promise<string> {
  const { root } = filesConnectionSchema.parse(source.connection)
  try {
    const real = await realpath(root)
    if (!(await lstat(real)).isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' })
    return real
  } catch (error) {
    throw fileError(error, root)
  }
}

/** What was read need not be the source's when another folder is there by now. */
async function confirmRoot({ path, is }: KnownFolder): Promise<void> {
  const now = await lstat(path, { bigint: true }).catch(() => null)
  if (now?.dev !== is.dev || now.ino !== is.ino) throw folderReplaced(path)
}

function plainPart(role: string, base: string, file: string): BackupPart {
  return {
    role,
    data: false,
    base,
    open: () => {
      const stream = createReadStream(file)
      const finished = new Promise<void>((resolve, reject) => {
        stream.once('error', reject)
        stream.once('end', resolve)
      })
      finished.catch(() => undefined)
      return { stream, finished }
    },
  }
}

const list = (paths: TreePath[]) =>
  `${paths.slice(0, named).map(pathWords).join(', ')}${paths.length > named ? ` and ${paths.length - named} more` : ''}`
