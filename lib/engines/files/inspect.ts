import { lstat, readdir, realpath, statfs } from 'node:fs/promises'
import { filesConnectionSchema } from '@/lib/contracts/engines/files'
import type { Finding, Inspection } from '@/lib/contracts/source'
import { toFailure } from '@/lib/core/holdfast-error'
import type { RunContext } from '@/lib/ports/run-context'
import type { SourceSpec } from '@/lib/ports/source-spec'
import { fileError } from './classify-error'
import { tarVersion } from './tar-version'
import { chosenBy } from './tree/chosen'
import { scan } from './tree/scan'

/** Counting stops then; a backup counts everything. */
const countLimitMs = 5_000

/** Looks whether the folder is there, may be read, and how much is in it. Trouble is an answer; only an abort throws. */
export async function inspect(source: SourceSpec, run: RunContext): Promise<Inspection> {
  run.signal.throwIfAborted()
  const { root, include, exclude } = filesConnectionSchema.parse(source.connection)
  try {
    const version = await tarVersion(run)
    const real = await realpath(root)
    if (!(await lstat(real)).isDirectory()) throw Object.assign(new Error('not a folder'), { code: 'ENOTDIR' })
    await readdir(real)
    const started = performance.now()
    let [files, bytes, whole] = [0, 0, true]
    const options = { choice: chosenBy(include, exclude), oneFileSystem: false, onSpecial: () => undefined }
    for await (const { type, size } of scan(real, options, run)) {
      if (type !== 'folder') files += 1
      bytes += size
      if (performance.now() - started < countLimitMs) continue
      whole = false
      break
    }
    const findings: Finding[] = []
    if (whole && files === 0) findings.push(empty(root, include.length + exclude.length > 0))
    return {
      ok: true,
      serverVersion: `GNU tar ${version}`,
      ...(whole ? { databaseBytes: bytes, measures: measuresOf(files, bytes) } : {}),
      latencyMs: Math.round(performance.now() - started),
      unreadable: [],
      findings: [...findings, ...(await spaceFindings(real))],
    }
  } catch (error) {
    run.signal.throwIfAborted()
    return { ok: false, error: toFailure(fileError(error, root)), unreadable: [], findings: [] }
  }
}

const measuresOf = (files: number, bytes: number) => [
  { name: 'files', of: 'items' as const, unit: 'count' as const, value: files },
  { name: 'bytes', of: 'items' as const, unit: 'bytes' as const, value: bytes },
]

function empty(root: string, hasPatterns: boolean): Finding {
  return {
    severity: 'warning',
    code: 'folder-empty',
    message: `There is nothing to back up in ${root}.`,
    remedy: hasPatterns ? 'Look at the patterns.' : 'Look whether its file system is mounted.',
  }
}

/** A restore test needs room for everything. */
async function spaceFindings(root: string): Promise<Finding[]> {
  const { type } = await statfs(root)
  const network: Record<number, string> = { 0x6969: 'NFS', 0xff534d42: 'CIFS', 0xfe534d42: 'SMB' }
  const name = network[type]
  if (name === undefined) return []
  return [
    {
      severity: 'info',
      code: 'folder-remote',
      message: `The folder lies on ${name}: its times and owners are the other machine's.`,
    },
  ]
}
