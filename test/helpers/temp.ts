import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** A private folder (0700) that removes itself: `await using dir = await tempDir()`, or call `remove`. */
export async function tempDir(label = 'test'): Promise<{ path: string; remove(): Promise<void> } & AsyncDisposable> {
  const dir = await mkdtemp(path.join(tmpdir(), `holdfast-${label}-`))
  const remove = () => rm(dir, { recursive: true, force: true })
  return { path: dir, remove, [Symbol.asyncDispose]: remove }
}
