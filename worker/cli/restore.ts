import { z } from 'zod'
import type { NamedTarget, TargetWords } from '@/lib/contracts/engines/engine-contract'
import { engineContract, engineContracts } from '@/lib/contracts/engines/index'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { startRestore } from '@/lib/services/restore/start-restore'
import { followed } from './followed'
import { sourceId, usageError, type Verb } from './verb'

/** Restores a backup to a new place, named in the words of its engine. */
export const restore: Verb = async (ctx, [backupId], options) => {
  if (!backupId || !z.uuid().safeParse(backupId).success)
    throw usageError('Give the id of the backup; see: npm run holdfast -- list')
  const backup = await ctx.db.backup.findUnique({
    where: { id: backupId },
    select: { source: { select: { engine: true } } },
  })
  if (!backup) throw new HoldfastError('not-found', `There is no backup ${backupId}.`)
  const { title, namedTarget, restoreTarget } = engineContract(backup.source.engine)
  const { to, owners, only } = options
  if (!to) throw usageError(`Name the new place with --to ${namedTarget.called}.`)
  for (const [word, value] of Object.entries({ owners, only })) {
    if (value !== undefined && !(word in namedTarget.words)) throw usageError(`Restores of ${title} have no --${word}.`)
  }
  const target = restoreTarget.safeParse(read(namedTarget, { to, owners, only }))
  if (!target.success) {
    const wrong = target.error.issues.map(({ path: [field = ''], message }) => {
      return `--${String(field) in namedTarget.words ? String(field) : 'to'}: ${message}.`
    })
    throw usageError(wrong.join(' '))
  }
  const on = options.on ? { sourceId: await sourceId(ctx, options.on) } : {}
  const { jobId } = await startRestore({ ctx, input: { backupId, target: { ...target.data, ...on } } })
  return followed(ctx, jobId, options)
}

function read(named: NamedTarget, words: TargetWords): Record<string, unknown> {
  try {
    return named.read(words)
  } catch (error) {
    throw usageError(`--only: ${error instanceof Error ? error.message : String(error)}.`)
  }
}

/** One line for each engine: `PostgreSQL     --to DATABASE [--owners keep|drop]`. */
export const restoreForms = Object.values(engineContracts)
  .map(({ title, namedTarget: { called, words } }: { title: string; namedTarget: NamedTarget }) => {
    const further = Object.entries(words).map(([word, form]) => ` [--${word} ${form}]`)
    return `${' '.repeat(4)}${title.padEnd(12)}--to ${called}${further.join('')}`
  })
  .join('\n')
