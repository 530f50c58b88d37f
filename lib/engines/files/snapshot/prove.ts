import type { Check } from '@/lib/contracts/backup'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { Proof, ProveInput } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import type { CommandSpec } from '@/lib/ports/process'
import { openSandbox, type Sandbox } from '@/lib/sandbox/open-sandbox'
import { tarVersion } from '../tar-version'
import { gather, type Wanted } from './chain'
import { checkContents, checkCount, checkInventory, checkListing, Differences, TreeLists } from './check-tree'
import { extractTar } from './extract-tar'

/** Names and folders take room beside the content. */
const spaceFactor = 1.2
const spaceFloorBytes = 64 * 1024 * 1024

/**
 * The restore test: the whole chain is unpacked into a sandbox by GNU tar and looked at with plain tools, all of them confined.
 * The sandbox is removed whatever happens.
 */
export async function prove(input: ProveInput, run: RunContext): Promise<Proof> {
  const version = await tarVersion(run)
  const bytes = Number(input.manifest.facts['bytes'] ?? 0)
  run.progress({ phase: 'starting the sandbox', doneBytes: 0, totalBytes: bytes })
  const sandbox = await openSandbox(
    { ...input.sandbox, needBytes: bytes * spaceFactor + spaceFloorBytes, programs: [] },
    run,
  )
  const { report } = sandbox.confinement
  const evidence: Record<string, unknown> = {
    clientVersion: version,
    confinement: report,
    ...(report.grade === 'none' ? { acceptedUnconfined: true } : {}),
    backupsRead: 1 + (input.before?.length ?? 0),
  }
  const started = performance.now()
  const elapsed = () => Math.max(1, Math.round(performance.now() - started))
  const failed = (name: string, error: HoldfastError): Proof => {
    const detail = [error.message, error.remedy].filter(Boolean).join(' ')
    return { checks: [{ name, verdict: 'failed', detail }], evidence, restoreDurationMs: elapsed() }
  }
  const full = new AbortController()
  const scope = { ...run, signal: AbortSignal.any([run.signal, full.signal]) }
  try {
    await sandbox.watch(undefined, async () => full.abort())
    const lists = new TreeLists(sandbox.work)
    const before = input.before ?? []
    const gathered = await gather(
      { backup: input, before, only: null, folder: sandbox.work, onEntry: (entry) => lists.add(entry) },
      scope,
    )
    await lists.close()
    const given = (['names', 'links', 'contents'] as const).map((name) => lists.file(name))
    await sandbox.confinement.give(...given, ...gathered.archives.map(({ listFile }) => listFile))
    const inspected = { data: sandbox.data, lists, confine: confined(sandbox) }
    const owners = new Differences()
    const take = (role: 'files' | 'folders') =>
      unpack(
        sandbox,
        gathered.archives.filter(({ part }) => part.role === role),
        owners,
        scope,
      )
    await take('files')
    let restoreDurationMs = elapsed()
    // Folders get their rights last: some of them may not be entered then.
    const inventory = await checkInventory(inspected, scope)
    const folders = performance.now()
    await take('folders')
    restoreDurationMs += Math.round(performance.now() - folders)
    const checks: Check[] = [
      { name: 'archive-readable', verdict: 'passed' },
      { name: 'restores-without-errors', verdict: 'passed' },
      inventory,
      owners.check('owners-and-rights'),
      // The root is a folder of the archive, and no new one here.
      await checkCount({ ...inspected, expected: gathered.files + gathered.folders - 1 }, scope),
      ...(input.level === 'comprehensive' ? [await checkContents(inspected, scope)] : []),
    ]
    return { checks, evidence: { ...evidence, files: gathered.files, folders: gathered.folders }, restoreDurationMs }
  } catch (error) {
    run.signal.throwIfAborted()
    const filled = sandbox.filled()
    if (filled) throw filled
    if (!(error instanceof HoldfastError)) throw error
    if (error.code === 'object-damaged') return failed('archive-readable', error)
    if (error.code === 'command-failed') return failed('restores-without-errors', error)
    throw error
  } finally {
    run.progress({ phase: 'removing the sandbox', doneBytes: bytes, totalBytes: bytes })
    await sandbox.stop()
  }
}

const confined =
  ({ confinement, data, work }: Sandbox) =>
  (spec: CommandSpec): CommandSpec =>
    confinement.command(spec, { read: [work], write: [data] })

async function unpack(sandbox: Sandbox, archives: Wanted[], owners: Differences, run: RunContext): Promise<void> {
  for (const wanted of archives) {
    await extractTar(
      {
        wanted,
        into: sandbox.data,
        options: ['--no-same-owner', '--no-xattrs', '--no-acls'],
        command: confined(sandbox),
        onListing: (listing) => checkListing(wanted.entriesFile, listing, owners),
      },
      run,
    )
  }
}
