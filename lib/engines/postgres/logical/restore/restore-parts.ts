import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Manifest, ManifestPart } from '@/lib/contracts/repository/manifest'
import type { OpenFeed, OpenPart } from '@/lib/ports/backup-method'
import type { RunContext } from '@/lib/ports/run-context'
import { sideBySide } from '@/lib/process/side-by-side'
import type { TocEntry } from '@/lib/engines/postgres/logical/archive/archive-format'
import {
  type ArchiveSummary,
  ArchiveWalker,
  type WalkOptions,
} from '@/lib/engines/postgres/logical/archive/archive-walker'
import { damaged } from '@/lib/engines/postgres/logical/archive/archive-error'
import { earlyIndexes } from './early-indexes'
import { postDataSteps } from './post-data-steps'
import { quoteQualified } from '@/lib/engines/postgres/connect/quote'
import { restoreFromFeed, restoreFromFile, restoreFromStream, type RestoreTool } from './run-pg-restore'
import { type Contents, saveContents } from '@/lib/engines/postgres/logical/archive/save-contents'
import type { Selection } from '@/lib/engines/postgres/logical/archive/select-entries'
import type { Workplace } from './workplace'
import { dataPartsOf, tablesOf } from '@/lib/engines/postgres/logical/archive/parts'

const progressEveryMs = 500

export interface RestorePlan {
  manifest: Manifest
  open: OpenPart
  /** For whole parts that nobody follows. */
  feed?: OpenFeed | undefined
  contents: Contents
  tool: RestoreTool
  /** Streams side by side, and pg_restore's jobs for indexes and constraints. */
  jobs: number
  /** Fills the materialized views, once all else is there but event triggers. */
  fillViews: (run: RunContext) => Promise<void>
  /** How each stream is followed. */
  walk?: (part: ManifestPart) => WalkOptions
  phase: string
  /** Reads what is needed while the schema is made, and rejects when any of it is damaged: rows wait for it. */
  check?: (run: RunContext) => Promise<void>
  /** Null: everything. */
  selection: Selection | null
  /** Entries behind the rows that are not made. */
  leaveOut?: ReadonlySet<number>
}

/** Reads the table of contents of a part into the workplace's folder. */
export async function readPartContents(
  open: OpenPart,
  part: ManifestPart | undefined,
  place: Workplace,
  run: RunContext,
): Promise<Contents> {
  if (!part) throw damaged('the manifest lists no archive')
  const file = join(place.folder, `${part.file}.toc`)
  await rm(file, { force: true })
  const contents = await saveContents(await open(part, run), file, run)
  await place.give(file)
  return contents
}

/** Parts whose rows are wanted. */
export function partsToRead(manifest: Manifest, selection: Selection | null): ManifestPart[] {
  const parts = dataPartsOf(manifest)
  if (!selection) return parts
  const elsewhere = new Set(parts.flatMap((part) => tablesOf(part).map(nameOf)))
  const wanted = new Set(selection.tables.map(nameOf))
  return parts.filter((part) =>
    part.role === 'data'
      ? tablesOf(part).some((table) => wanted.has(nameOf(table)))
      : selection.tables.some((table) => !elsewhere.has(nameOf(table))),
  )
}

/**
 * Schema, then the rows of all parts side by side, then indexes and constraints in parallel: the first and the last need
 * the table of contents only. A part that is done while others are not builds its indexes meanwhile. The first failure
 * stops everything; what is half written is the caller's to remove.
 */
export async function restoreParts(
  plan: RestorePlan,
  run: RunContext,
): Promise<{ summaries: ArchiveSummary[]; messages: string }> {
  const { contents, tool, jobs, selection } = plan
  const parts = partsToRead(plan.manifest, selection)
  const totalBytes = parts.reduce((sum, part) => sum + part.sourceBytes, 0)
  const walkers: ArchiveWalker[] = []
  const moved: (() => number)[] = []
  const done = () => moved.reduce((sum, bytes) => sum + bytes(), 0)
  const report = () => run.progress({ phase: plan.phase, doneBytes: done(), totalBytes })
  let reporting: NodeJS.Timeout | undefined
  const list = selection ? await writeList(contents.file, selection.dumpIds, tool.place) : []
  const wanted = selection ? new Set(selection.dumpIds) : null
  const built = new Set<number>()
  let begun = 0
  let filled = 0
  try {
    const messages: string[] = []
    const makeSchema = async (scope: RunContext) => {
      const kept = await listKept()
      messages.push(await restoreFromFile(tool, ['--section=pre-data', ...kept], contents.file, scope))
    }
    const first = plan.check ? [plan.check, makeSchema] : [makeSchema]
    await sideBySide(first.length, first, run, (work, scope) => work(scope))
    reporting = setInterval(report, progressEveryMs)
    await sideBySide(jobs, parts, run, async (part, scope) => {
      begun += 1
      const own = selection && part.role === 'data' ? await ownList(plan, part, selection, scope) : list
      messages.push(await fill(part, ['--section=data', ...own], scope))
      filled += 1
      if (begun < parts.length || filled === parts.length) return
      const early = earlyIndexes(contents.entries, rowsOf(part, contents.entries))
      const ids = wanted ? early.filter((id) => wanted.has(id)) : early
      if (ids.length === 0) return
      for (const id of ids) built.add(id)
      const args = ['--section=post-data', ...(await writeList(`${contents.file}.${part.file}`, ids, tool.place))]
      messages.push(await restoreFromFile(tool, args, contents.file, scope))
    })
    // Values of sequences are in the archive's data section; without its rows they are restored by themselves.
    if (!parts.some((part) => part.role === 'archive')) {
      messages.push(await restoreFromFile(tool, ['--section=data', ...list], contents.file, run))
    }
    run.progress({ phase: 'building indexes', doneBytes: totalBytes, totalBytes })
    const { objects, eventTriggers } = postDataSteps(contents.entries, wanted)
    for (const step of objects) await make(step, jobs)
    run.progress({ phase: 'filling materialized views', doneBytes: totalBytes, totalBytes })
    await plan.fillViews(run)
    // In one session: a trigger on login, once it is there, would run for another with our rights, or keep it out.
    await make(eventTriggers, 1)
    return { summaries: walkers.map((walker) => walker.summary()), messages: messages.filter(Boolean).join('\n') }

    async function make(step: number[], sessions: number): Promise<void> {
      const ids = step.filter((id) => !built.has(id) && !plan.leaveOut?.has(id))
      if (ids.length === 0) return
      const parallel = sessions > 1 ? [`--jobs=${sessions}`] : []
      const args = ['--section=post-data', ...parallel, ...(await writeList(contents.file, ids, tool.place))]
      messages.push(await restoreFromFile(tool, args, contents.file, run))
    }
  } finally {
    clearInterval(reporting)
  }

  /** The schema without what is left out. */
  async function listKept(): Promise<string[]> {
    const { leaveOut } = plan
    if (!leaveOut || leaveOut.size === 0) return list
    const ids = contents.entries.map(({ dumpId }) => dumpId).filter((id) => !leaveOut.has(id))
    const kept = wanted ? ids.filter((id) => wanted.has(id)) : ids
    return writeList(`${contents.file}.schema`, kept, tool.place)
  }

  async function fill(part: ManifestPart, args: string[], scope: RunContext): Promise<string> {
    const feed = plan.walk || selection ? null : await plan.feed?.(part, scope)
    if (feed) {
      moved.push(() => Math.round((feed.bytes() / part.storedBytes) * part.sourceBytes))
      return restoreFromFeed(tool, args, feed, scope)
    }
    const walker = new ArchiveWalker(plan.walk?.(part))
    walkers.push(walker)
    moved.push(() => walker.bytes)
    return restoreFromStream(tool, args, await plan.open(part, scope), walker, selection !== null, scope)
  }
}

/** Whether a table's rows come with the part: those a data part names, and in the archive all others that have rows. */
function rowsOf(part: ManifestPart, entries: readonly TocEntry[]): (table: TocEntry) => boolean {
  const rows = part.role === 'data' ? tablesOf(part) : entries.filter((entry) => entry.type === 'TABLE DATA')
  const names = new Set(rows.map(nameOf))
  return (table) => names.has(nameOf(table))
}

/** The entries of a data part that are wanted: its numbers are its own. */
async function ownList(
  plan: RestorePlan,
  part: ManifestPart,
  selection: Selection,
  run: RunContext,
): Promise<string[]> {
  const { tool } = plan
  const { file, entries } = await readPartContents(plan.open, part, tool.place, run)
  const wanted = new Set(selection.tables.map(nameOf))
  const ids = entries.filter((entry) => wanted.has(nameOf(entry))).map((entry) => entry.dumpId)
  return writeList(file, ids, tool.place)
}

async function writeList(contents: string, dumpIds: readonly number[], place: Workplace): Promise<string[]> {
  const file = `${contents}.list`
  // Nothing may be written to one that was given away.
  await rm(file, { force: true })
  await writeFile(file, dumpIds.map((id) => `${id};\n`).join(''), { mode: 0o600 })
  await place.give(file)
  return [`--use-list=${file}`]
}

function nameOf(table: { schema: string; name: string } | TocEntry): string {
  return quoteQualified(table.schema, table.name)
}
