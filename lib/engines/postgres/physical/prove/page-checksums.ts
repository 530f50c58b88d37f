import { createInterface } from 'node:readline'
import { join } from 'node:path'
import type { Check } from '@/lib/contracts/backup'
import type { Installation } from '@/lib/engines/postgres/connect/find-client'
import type { Confinement } from '@/lib/ports/sandbox'
import type { RunContext } from '@/lib/ports/run-context'
import { runCommand } from '@/lib/process/run-command'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { BaseFacts } from '../base-facts'

const shown = 20
/** Of a disk that damaged all of them, the first are enough. */
const mostKept = 10_000
const name = 'page-checksums'

interface Input {
  server: Installation
  confinement: Confinement
  /** Of a server that was shut down; `folder` has it and its tablespaces. */
  data: string
  folder: string
  /** Pages that were damaged on the source's server when it was backed up. */
  damagedPages: BaseFacts['damagedPages']
}

/** Every page of every file with its checksum, by PostgreSQL's own program. */
export async function checkPageChecksums(input: Input, run: RunContext): Promise<Check> {
  const told = await runPgChecksums(input, run)
  // The program's word and not the backup's: checksums can be switched on and off.
  if (told.isWithout)
    return {
      ...{ name, verdict: 'passed', expected: 'no checksums', actual: 'no checksums' },
      detail:
        'The cluster has no page checksums, so that damage that changed nothing but values is not seen. On a server that was shut down, pg_checksums --enable adds them.',
    }
  const { pages, bad, count } = told
  if (pages === null) throw new HoldfastError('sandbox-unavailable', `pg_checksums did not end: ${told.lastLine}`)
  const knownFiles = new Set(input.damagedPages.map(({ file }) => file))
  const isKnown = ({ file }: BadPage) => knownFiles.has(file)
  const list = (pages: BadPage[]) =>
    pages
      .slice(0, shown)
      .map(({ file, block }) => `${file} block ${block}`)
      .join(', ') + (pages.length > shown ? ` and ${pages.length - shown} more` : '')
  const [known, others] = [bad.filter(isKnown), bad.filter((page) => !isKnown(page))]
  const healed = input.damagedPages.length > 0 && known.length === 0
  const details = [
    known.length > 0 &&
      `Damaged on the source's server already when it was backed up, and the backup is as the source was: ${list(known)}. Mend the source from an older backup, and find out what its disk does`,
    others.length > 0 && `Damaged, though the server reported nothing of it when it read them: ${list(others)}`,
    healed && 'Pages that were damaged when the backup was taken were written anew by the log',
  ].filter((note) => note !== false)
  return {
    ...{ name, verdict: bad.length === 0 ? 'passed' : 'failed', expected: pages, actual: pages - count },
    ...(details.length > 0 ? { detail: details.join('. ') } : {}),
  }
}

interface BadPage {
  file: string
  block: string
}

async function runPgChecksums({ server, confinement, data, folder }: Input, run: RunContext) {
  const program = [join(server.folder, 'pg_checksums'), '--check', '-D', data]
  // Both of its outputs, in their order.
  const spec = { file: '/bin/sh', args: ['-c', 'exec "$@" 2>&1', 'sh', ...program], env: { LC_ALL: 'C' } }
  const command = runCommand(confinement.command(spec, { read: [folder] }), run)
  const told = { pages: null as number | null, bad: [] as BadPage[], count: 0, isWithout: false, lastLine: '' }
  for await (const line of createInterface({ input: command.stdout, crlfDelay: Infinity })) {
    told.lastLine = line.slice(0, 1_000)
    const [, path, block = ''] = /checksum verification failed in file "(.+)", block (\d+)/.exec(line) ?? []
    if (path !== undefined) {
      told.count += 1
      if (told.bad.length < mostKept) told.bad.push({ file: path.replace(`${data}/`, ''), block })
    }
    if (line.includes('data checksums are not enabled')) told.isWithout = true
    const [, pages] = /^Blocks scanned: +(\d+)/.exec(line) ?? []
    if (pages !== undefined) told.pages = Number(pages)
  }
  // It ends with 1 for damaged pages and for everything else; what it said tells which.
  await command.exited.catch(() => run.signal.throwIfAborted())
  return told
}
