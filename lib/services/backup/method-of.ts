import type { Manifest } from '@/lib/contracts/repository/manifest'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { BackupMethod } from '@/lib/ports/backup-method'
import type { ServiceContext } from '../context'

/** What reads and restores backups of this kind; throws `engine-unsupported` and `kind-unsupported`. */
export function methodOfBackup(
  ctx: Pick<ServiceContext, 'engine'>,
  { source, method }: { source: Pick<Manifest['source'], 'engine'>; method: Manifest['method'] },
): BackupMethod {
  const found = ctx.engine(source.engine).methods[method]
  if (found) return found
  throw new HoldfastError('kind-unsupported', `This version of Holdfast cannot read backups of kind ${method}.`, {
    remedy: 'Use the version that took the backup, or a newer one.',
  })
}
