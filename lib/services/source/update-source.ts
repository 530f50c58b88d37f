import type { Source, UpdateSource } from '@/lib/contracts/source'
import { toSource } from '@/lib/db/catalog/source'
import { Prisma } from '@/lib/db/generated/client'
import { toJson } from '@/lib/db/to-json'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { permit } from '../permit'
import { withUniqueName } from '../with-unique-name'
import { findSource } from './find-source'
import { mergeSource } from './merge-source'

/** Changes what is named and keeps the rest. A changed connection forgets what the last test found. */
export async function updateSource({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { id: string; patch: UpdateSource }
}): Promise<Source> {
  permit(ctx.actor, 'admin')
  const { id, patch } = input
  const row = await withUniqueName('source', patch.name, () =>
    ctx.db.$transaction(async (tx) => {
      const merged = mergeSource(ctx, await findSource(tx, id), patch)
      await recordAudit(tx, ctx.actor, {
        action: 'source.update',
        subjectType: 'source',
        subjectId: id,
        detail: {
          name: merged.name,
          changed: [
            ...(patch.name === undefined ? [] : ['name']),
            ...Object.keys(patch.connection ?? {}),
            ...Object.keys(patch.options ?? {}),
          ],
        },
      })
      return tx.source.update({
        where: { id },
        data: {
          name: merged.name,
          connection: toJson(merged.connection),
          options: toJson(merged.options),
          secretSealed: merged.secretSealed,
          ...(patch.connection ? { inspection: Prisma.DbNull, inspectedAt: null } : {}),
        },
      })
    }),
  )
  return toSource(row)
}
