import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'
import { folderOf, isPattern } from '@/lib/contracts/engines/sqlite'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'

/** A database file, and how it is named below the folder of its pattern; its own name when there is none. */
export interface DatabaseFile {
  path: string
  relative: string
}

export interface FoundFiles {
  isPattern: boolean
  files: DatabaseFile[]
}

/** Each is a part of the backup. */
const mostFiles = 1_000
/** What SQLite keeps beside a database is no database. */
const isBeside = (name: string) => /-(wal|shm|journal)$/.test(name)

/**
 * The files that a path or a pattern names, in the order of their names. Throws `no-such-database` when there is none, and
 * `privilege-missing` for a folder that cannot be looked into: what may lie in there must not be left out silently.
 */
export async function findFiles(wanted: string, run: Pick<RunContext, 'signal'>): Promise<FoundFiles> {
  run.signal.throwIfAborted()
  if (!isPattern(wanted) || (await isFile(wanted))) {
    return { isPattern: false, files: [{ path: wanted, relative: path.basename(wanted) }] }
  }
  const root = folderOf(wanted)
  const segments = wanted.slice(root === '/' ? 1 : root.length + 1).split('/')
  const found = new Set<string>()
  await walk(root, segments, found, run)
  if (found.size === 0) {
    throw new HoldfastError('no-such-database', `No file matches ${wanted}.`, {
      remedy: 'Correct the pattern; * stands for a part of one name, ** for any folders.',
    })
  }
  if (found.size > mostFiles) {
    throw new HoldfastError('source-failed', `More than ${mostFiles} files match ${wanted}.`, {
      remedy: 'Make several sources, each with a narrower pattern.',
    })
  }
  const files = [...found].sort().map((file) => ({ path: file, relative: path.relative(root, file) }))
  return { isPattern: true, files }
}

async function walk(folder: string, segments: string[], found: Set<string>, run: Pick<RunContext, 'signal'>) {
  const [segment, ...rest] = segments
  if (segment === undefined || found.size > mostFiles) return
  run.signal.throwIfAborted()
  if (segment === '**') await walk(folder, rest, found, run)
  for (const entry of await list(folder)) {
    const below = path.join(folder, entry.name)
    if (segment === '**') {
      // Links to folders are not followed: they may lead in circles.
      if (entry.isDirectory()) await walk(below, segments, found, run)
      continue
    }
    if (!matches(entry.name, segment)) continue
    if (rest.length > 0) {
      if (await isFolder(entry, below)) await walk(below, rest, found, run)
    } else if (!isBeside(entry.name) && (entry.isFile() || (entry.isSymbolicLink() && (await isFile(below))))) {
      found.add(below)
    }
  }
}

const matches = (name: string, segment: string) =>
  name === segment || ((!name.startsWith('.') || segment.startsWith('.')) && path.matchesGlob(name, segment))

async function list(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (error) {
    const code = codeOf(error)
    // It is gone by now, or was no folder to begin with: nothing in it matches.
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    throw new HoldfastError('privilege-missing', `The folder ${folder} cannot be looked into (${code}).`, {
      remedy: "Let the worker's user read it, or narrow the pattern.",
      cause: error,
    })
  }
}

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? String(error.code) : String(error))

async function isFolder(entry: Dirent, file: string): Promise<boolean> {
  if (!entry.isSymbolicLink()) return entry.isDirectory()
  return stat(file).then(
    (info) => info.isDirectory(),
    () => false,
  )
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (info) => info.isFile(),
    () => false,
  )
}
