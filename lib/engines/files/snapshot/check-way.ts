import { createReadStream } from 'node:fs'
import { lstat } from 'node:fs/promises'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import { runCommand } from '@/lib/process/run-command'
import { readEntry } from '../index/entry'
import { linesOf } from '@/lib/process/lines'
import { place } from '../tree/scan'
import { pathWords, type TreePath } from '../tree/tree-path'

/**
 * Refuses names that lead through a link which an archive before left where a folder should be: tar would follow it. Inside one
 * archive tar sees to that itself.
 */
export async function checkWays(into: string, entriesFile: string): Promise<void> {
  let known = ''
  for await (const line of linesOf(createReadStream(entriesFile))) {
    const { path } = readEntry(line)
    const folder = path.subarray(0, Math.max(0, path.lastIndexOf('/')))
    // In the order of the tree most lie beside the one before.
    if (folder.toString('latin1') === known) continue
    await checkWay(into, folder)
    known = folder.toString('latin1')
  }
}

/** Every folder on the way that is there is one; below one that is not there yet nothing is. */
export async function checkWay(into: string, folder: TreePath): Promise<void> {
  for (let end = 0; end >= 0 && end < folder.length;) {
    const next = folder.indexOf('/', end + 1)
    end = next < 0 ? folder.length : next
    const way = folder.subarray(0, end)
    const info = await lstat(place(into, way)).catch(() => null)
    if (info === null) return
    if (info.isDirectory()) continue
    throw forged(`has things in ${pathWords(way)}, which is no folder in it`)
  }
}

/** Refuses files that have names elsewhere too: tar makes a further name by way of links that archives before have left. */
export async function checkNames(into: string, run: RunContext): Promise<void> {
  const args = [into, '-xdev', '-type', 'f', '-links', '+1', '-printf', '%i %n\\n']
  const command = runCommand({ file: 'find', args }, run)
  const missing = new Map<string, number>()
  for await (const line of linesOf(command.stdout)) {
    const [inode = '', names = ''] = line.split(' ')
    const left = (missing.get(inode) ?? Number(names)) - 1
    if (left > 0) missing.set(inode, left)
    else missing.delete(inode)
  }
  await command.exited
  if (missing.size > 0) throw forged('has further names of files that are not in it')
}

const forged = (what: string) =>
  new HoldfastError('object-damaged', `The backup ${what}.`, {
    remedy: 'Restore another backup, and find out who could write to the place of this one.',
  })
