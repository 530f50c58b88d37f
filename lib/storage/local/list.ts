import { lstat, readdir } from 'node:fs/promises'
import type { ObjectInfo } from '@/lib/ports/storage'
import { classifyError, isErrno } from './classify-error'
import { describeFile } from './describe-file'
import { intendedName } from './partial-name'
import type { RootFolder } from './root-folder'

/** Objects below the prefix in key order. Links and special files are not objects. */
export async function* list(root: RootFolder, prefix: string): AsyncGenerator<ObjectInfo> {
  await root.check()
  for await (const key of walk(root, prefix)) {
    if (intendedName(baseName(key)) !== null) continue
    const info = await lstatIfThere(root.file(key))
    if (info?.isFile()) yield describeFile(key, info)
  }
}

/** Keys of the unfinished files below the prefix, with the key each was meant for. */
export async function* listPartials(
  root: RootFolder,
  prefix: string,
): AsyncGenerator<{ file: string; intendedKey: string }> {
  await root.check()
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  for await (const key of walk(root, folder)) {
    const name = intendedName(baseName(key))
    if (name === null) continue
    const intendedKey = key.slice(0, key.length - baseName(key).length) + name
    if (intendedKey.startsWith(prefix)) yield { file: root.file(key), intendedKey }
  }
}

export async function lstatIfThere(file: string) {
  try {
    return await lstat(file)
  } catch (error) {
    if (isErrno(error, 'ENOENT', 'ENOTDIR')) return null
    throw classifyError(error, { path: file })
  }
}

async function* walk(root: RootFolder, prefix: string): AsyncGenerator<string> {
  const folder = prefix.slice(0, prefix.lastIndexOf('/') + 1)
  const entries = await readdir(root.file(folder === '' ? '.' : folder), { withFileTypes: true }).catch(
    (error: unknown) => {
      // A folder may vanish while a long listing is read: its objects are gone with it.
      if (isErrno(error, 'ENOENT', 'ENOTDIR')) return []
      throw classifyError(error, { path: root.file(folder) })
    },
  )
  // A folder sorts as its name with the slash, so that keys come out in byte order as from any object store.
  const names = entries.map((entry) => ({ path: folder + entry.name + (entry.isDirectory() ? '/' : ''), entry }))
  names.sort((a, b) => Buffer.compare(Buffer.from(a.path), Buffer.from(b.path)))
  for (const { path, entry } of names) {
    if (entry.isDirectory()) {
      if (path.startsWith(prefix) || prefix.startsWith(path)) yield* walk(root, prefix.startsWith(path) ? prefix : path)
    } else if (path.startsWith(prefix)) {
      yield path
    }
  }
}

function baseName(key: string): string {
  return key.slice(key.lastIndexOf('/') + 1)
}
