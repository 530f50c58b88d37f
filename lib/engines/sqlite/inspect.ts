import { statfs } from 'node:fs/promises'
import type { Finding, Inspection } from '@/lib/contracts/source'
import { HoldfastError, toFailure } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { classifyError } from './classify-error'
import { type DatabaseFile, findFiles } from './connect/find-files'
import { pathOf } from './connect/options'
import { type Inspected, inspectedSchema } from './reader/answers'
import { askReader } from './reader/ask-reader'

/** Below the 15 s that a test of a connection may take in all. */
const limitMs = 14_000
const lockTimeoutMs = 5_000

/** File systems that are reached over a network, by their number (statfs(2)). */
const networks: Record<number, string> = {
  0x6969: 'NFS',
  0x517b: 'SMB',
  0xff534d42: 'SMB',
  0xfe534d42: 'SMB',
  0x01021997: '9p',
  0x5346414f: 'AFS',
  0x00c36400: 'Ceph',
}

/** Test connection: what a backup would meet. Trouble is an answer; only an abort throws. */
export async function inspect(source: SourceSpec, run: RunContext): Promise<Inspection> {
  const limit = AbortSignal.timeout(limitMs)
  const started = performance.now()
  try {
    const signal = AbortSignal.any([run.signal, limit])
    const { files, isPattern } = await findFiles(pathOf(source), { signal })
    const seen: { file: DatabaseFile; found: Inspected }[] = []
    for (const file of files) seen.push({ file, found: await look(file, { ...run, signal }) })
    const [first] = seen
    const findings: Finding[] = []
    for (const { file, found } of seen) findings.push(...(await findingsOf(file, found)))
    if (isPattern) findings.unshift(matched(seen.length))
    return {
      ok: true,
      ...(first ? { serverVersion: first.found.version } : {}),
      databaseBytes: seen.reduce((bytes, { found }) => bytes + found.sizeBytes + (found.walBytes ?? 0), 0),
      tableCount: seen.reduce((tables, { found }) => tables + found.tableCount, 0),
      latencyMs: Math.round(performance.now() - started),
      unreadable: [],
      findings,
    }
  } catch (error) {
    run.signal.throwIfAborted()
    return { ok: false, error: toFailure(limit.aborted ? tooSlow() : error), unreadable: [], findings: [] }
  }
}

const look = ({ path }: DatabaseFile, run: RunContext): Promise<Inspected> =>
  askReader({ do: 'inspect', path, timeoutMs: lockTimeoutMs }, inspectedSchema, run).catch((error: unknown) => {
    throw classifyError(error, path)
  })

const tooSlow = () =>
  new HoldfastError('source-failed', `The databases were not read within ${limitMs / 1_000} seconds.`, {
    remedy: 'Look at the disk that they lie on. A pattern with many files is tested faster in several sources.',
  })

const matched = (count: number): Finding => ({
  severity: 'info',
  code: 'pattern-matches',
  message: `${count} ${count === 1 ? 'database matches' : 'databases match'} the pattern; each is copied as it is at a moment of its own.`,
})

async function findingsOf({ path }: DatabaseFile, found: Inspected): Promise<Finding[]> {
  const findings: Finding[] = []
  if (!found.wal) {
    findings.push({
      severity: 'info',
      code: 'not-in-wal-mode',
      message: `${path} is not in WAL mode: programs that write to it wait while it is copied.`,
      remedy: 'PRAGMA journal_mode = WAL lets them go on. The application has to agree with that.',
    })
  }
  if ((found.walBytes ?? 0) > found.sizeBytes) {
    findings.push({
      severity: 'warning',
      code: 'wal-larger-than-database',
      message: `The -wal of ${path} is larger than the database: something keeps it from being written back.`,
      remedy: 'Look for a program that holds a transaction open, or run PRAGMA wal_checkpoint(TRUNCATE).',
    })
  }
  if ((found.journalBytes ?? 0) > 0) {
    findings.push({
      severity: 'info',
      code: 'journal-beside',
      message: `There is a journal beside ${path}: a program is writing, or died while it was. The next program that opens the database, a backup too, then undoes what was left half done.`,
    })
  }
  if (!found.writable) {
    findings.push({
      severity: 'warning',
      code: 'read-only-access',
      message: `The worker's user may not write to ${path}: in WAL mode it can be copied only while another program has it open.`,
      remedy: "Let the worker's user write to the file and its folder.",
    })
  }
  const network = networks[(await statfs(path)).type]
  if (network !== undefined) {
    findings.push({
      severity: 'warning',
      code: 'network-file-system',
      message: `${path} lies on ${network}, whose locks SQLite cannot rely on: a copy may catch a database half written.`,
      remedy: 'Run the worker on the machine that has the disk.',
    })
  }
  return findings
}
