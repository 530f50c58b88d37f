import { createReadStream } from 'node:fs'
import path from 'node:path'
import type { Check } from '@/lib/contracts/backup'
import type { CommandSpec } from '@/lib/ports/process'
import type { RunContext } from '@/lib/ports/run-context'
import { runCommand } from '@/lib/process/run-command'
import { type IndexEntry, readEntry, writeEntry } from '../index/entry'
import { LineFile } from '../index/line-file'
import { linesOf } from '@/lib/process/lines'
import { nulEnded, pathWords } from '../tree/tree-path'

/** Differences that are named; the rest are counted. */
const named = 5

/** What differs between what the index says and what a plain tool saw. */
export class Differences {
  private count = 0
  private readonly some: string[] = []

  add(entry: Pick<IndexEntry, 'path'> | null, what: string): void {
    this.count += 1
    if (this.some.length < named) this.some.push(entry ? `${pathWords(entry.path)} ${what}` : what)
  }

  check(name: string, about: { expected?: number; actual?: number } = {}): Check {
    if (this.count === 0) return { name, verdict: 'passed', ...about }
    const more = this.count > this.some.length ? ` and ${this.count - this.some.length} more` : ''
    return { name, verdict: 'failed', ...about, detail: `${this.some.join('; ')}${more}` }
  }
}

/** Lists for the tools, and what they must say: files and links in the order of the tree. */
export class TreeLists {
  private readonly files: Record<'names' | 'links' | 'contents' | 'expected', LineFile>

  constructor(folder: string) {
    const file = (name: string) => new LineFile(path.join(folder, name))
    this.files = { names: file('names'), links: file('links'), contents: file('contents'), expected: file('expected') }
  }

  readonly file = (name: keyof typeof this.files): string => this.files[name].path

  async add(entry: IndexEntry): Promise<void> {
    if (entry.type === 'folder') return
    const name = nulEnded(entry.path)
    await this.files.names.write(name)
    await this.files.expected.write(writeEntry(entry))
    await this.files[entry.type === 'link' ? 'links' : 'contents'].write(name)
  }

  async close(): Promise<void> {
    for (const file of Object.values(this.files)) await file.close()
  }
}

type Confine = (spec: CommandSpec) => CommandSpec

/** Every file and link is there, of its type, size, time and rights, and links lead where they led; nothing else is there. */
export async function checkInventory(
  input: { data: string; lists: TreeLists; confine: Confine },
  run: RunContext,
): Promise<Check> {
  const found = new Differences()
  const script = 'cd "$1" && exec xargs -0r stat --printf="%F|%s|%a|%.9Y\\n" -- < "$2"'
  const told = linesOf(shell(input, script, input.lists.file('names'), run))
  for await (const line of linesOf(createReadStream(input.lists.file('expected')))) {
    const entry = readEntry(line)
    const [type, size, mode, mtime] = ((await told.next()).value ?? '').split('|')
    const isLink = type === 'symbolic link'
    if (type === undefined || type === '') found.add(entry, 'is missing')
    else if (isLink !== (entry.type === 'link') || !/^(regular (empty )?file|symbolic link)$/.test(type))
      found.add(entry, `came back as ${type}`)
    else if (!isLink && Number(size) !== entry.size) found.add(entry, `has ${size} bytes instead of ${entry.size}`)
    else if (!isLink && parseInt(mode ?? '', 8) !== entry.mode) found.add(entry, `has the rights ${mode}`)
    else if (nanoseconds(mtime) !== entry.mtime) found.add(entry, 'has another time')
  }
  await checkLinks(input, found, run)
  return found.check('object-inventory')
}

async function checkLinks(
  input: { data: string; lists: TreeLists; confine: Confine },
  found: Differences,
  run: RunContext,
): Promise<void> {
  const script = 'cd "$1" && exec xargs -0r readlink -z -- < "$2"'
  const targets = pieces(shell(input, script, input.lists.file('links'), run))
  for await (const line of linesOf(createReadStream(input.lists.file('expected')))) {
    const entry = readEntry(line)
    if (entry.type !== 'link') continue
    const target = (await targets.next()).value
    if (target !== entry.target) found.add(entry, `leads to ${target ?? 'nothing'}`)
  }
}

/** Nothing is there that the backup did not have. Folders may be entered by now. */
export async function checkCount(
  input: { data: string; confine: Confine; expected: number },
  run: RunContext,
): Promise<Check> {
  let text = ''
  const script = 'cd "$1" && chmod -R u+rwX . && find . -mindepth 1 -printf x | wc -c'
  for await (const chunk of shell(input, script, '', run)) text += String(chunk)
  const actual = Number(text)
  const about = { expected: input.expected, actual }
  if (actual === input.expected) return { name: 'object-count', verdict: 'passed', ...about }
  return { name: 'object-count', verdict: 'failed', ...about, detail: `${actual} files and folders came back.` }
}

/** The content of every file is what was read when the backup was taken. */
export async function checkContents(
  input: { data: string; lists: TreeLists; confine: Confine },
  run: RunContext,
): Promise<Check> {
  const found = new Differences()
  const script = 'cd "$1" && exec xargs -0r sha256sum -z -- < "$2"'
  const hashes = pieces(shell(input, script, input.lists.file('contents'), run))
  for await (const line of linesOf(createReadStream(input.lists.file('expected')))) {
    const entry = readEntry(line)
    if (entry.type !== 'file') continue
    const hash = (await hashes.next()).value?.slice(0, 64)
    if (hash !== entry.sha256) found.add(entry, 'has another content')
  }
  return found.check('content')
}

/** Owners and rights as the archive has them: a sandbox has no other users to give files to. */
export async function checkListing(
  entriesFile: string,
  listing: AsyncIterable<Buffer>,
  found: Differences,
): Promise<void> {
  const lines = withoutMadeFolders(linesOf(listing))
  for await (const line of linesOf(createReadStream(entriesFile))) {
    const entry = readEntry(line)
    const told = (await lines.next()).value ?? ''
    const [, kind, rights = '', uid, gid] = /^([-dlhC])([rwxsStT-]{9})[+.@]* +(\d+)\/(\d+) /.exec(told) ?? []
    if (kind === undefined) found.add(entry, 'is not in the archive')
    else if (Number(uid) !== entry.uid || Number(gid) !== entry.gid) found.add(entry, `belongs to ${uid}:${gid}`)
    else if (kind !== 'l' && modeOf(rights) !== entry.mode) found.add(entry, `has the rights ${rights}`)
  }
}

/** Between the entries tar lists folders that it makes on the way to one. */
async function* withoutMadeFolders(lines: AsyncIterable<string>): AsyncGenerator<string> {
  for await (const line of lines) if (!/^d\S+ +Creating directory: /.test(line)) yield line
}

/** `rwsr-x--T` as a number. */
function modeOf(rights: string): number {
  const special = [0o4000, 0o2000, 0o1000]
  return [0, 1, 2].reduce((mode, group) => {
    const [read, write, execute = '-'] = rights.slice(group * 3, group * 3 + 3)
    const bits = (read === 'r' ? 4 : 0) + (write === 'w' ? 2 : 0) + (/[xst]/.test(execute) ? 1 : 0)
    return mode + (bits << (3 * (2 - group))) + (/[sStT]/.test(execute) ? (special[group] ?? 0) : 0)
  }, 0)
}

/** Seconds with nine decimals. */
function nanoseconds(text: string | undefined): bigint | null {
  const match = /^(-?)(\d+)\.(\d{9})$/.exec(text ?? '')
  if (!match) return null
  const [, sign, whole = '', fraction = ''] = match
  return BigInt(`${sign}${whole}${fraction}`)
}

async function* pieces(stream: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let rest = Buffer.alloc(0)
  for await (const chunk of stream) {
    rest = Buffer.concat([rest, chunk])
    for (let end = rest.indexOf(0); end >= 0; end = rest.indexOf(0)) {
      yield rest.toString('utf8', 0, end)
      rest = rest.subarray(end + 1)
    }
  }
}

/** A tool that does not find something says so by its exit, and the comparison by what is missing: the lines decide. */
async function* shell(
  { data, confine }: { data: string; confine: Confine },
  script: string,
  list: string,
  run: RunContext,
): AsyncGenerator<Buffer> {
  const command = runCommand(
    confine({ file: '/bin/sh', args: ['-c', script, 'sh', data, list], env: { LC_ALL: 'C' } }),
    run,
  )
  for await (const chunk of command.stdout) yield chunk as Buffer
  await command.exited.catch(() => run.signal.throwIfAborted())
}
