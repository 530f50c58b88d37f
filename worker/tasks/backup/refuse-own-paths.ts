import { realpathSync } from 'node:fs'
import { engineContract } from '@/lib/contracts/engines/index'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { KeepOut } from '@/lib/ports/sandbox'
import type { SourceSpec } from '@/lib/ports/source-spec'

/**
 * Files of this instance are no source: its keys would be in a backup that operators may download, and a destination would be
 * backed up into itself. By their real names, whatever links lead there. Throws `source-is-own`.
 */
export function refuseOwnPaths({ engine, connection, options }: SourceSpec, { paths }: KeepOut): void {
  const own = paths.map(realPath)
  for (const asked of engineContract(engine).localPaths?.({ connection, options }) ?? []) {
    const path = realPath(asked)
    const met = own.find((one) => isWithin(path, one) || isWithin(one, path))
    if (met === undefined) continue
    throw new HoldfastError('source-is-own', `${asked} is, or has in it, a place of Holdfast's own: ${met}.`, {
      remedy: 'Choose a folder beside it. The catalog is backed up as a source of its own.',
    })
  }
}

const isWithin = (inner: string, outer: string): boolean =>
  inner === outer || inner.startsWith(outer === '/' ? '/' : `${outer}/`)

/** What does not exist leads nowhere. */
function realPath(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
