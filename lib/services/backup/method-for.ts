import type { BackupKind } from '@/lib/contracts/backup-kind'
import type { EngineMethod } from '@/lib/contracts/engines/engine-contract'
import { methodOf, usualMethod } from '@/lib/contracts/engines/index'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { protectionOf } from '../log/protection-of'

/**
 * The method by which a source is backed up: of the kind that was asked for, else as the source is protected. Throws
 * `kind-unsupported`, and `continuous-off` for a kind that needs the log of a source whose log nobody follows.
 */
export function methodFor(source: { engine: string; protection: unknown }, kind: BackupKind | null): EngineMethod {
  const protection = protectionOf(source.protection)
  const method = kind === null ? usualMethod(source.engine, protection) : methodOf(source.engine, kind)
  if (!method.needsLog || protection.continuous) return method
  throw new HoldfastError(
    'continuous-off',
    `A ${method.title.toLowerCase()} needs the log of the source, which is not followed.`,
    {
      remedy: 'Switch continuous protection on for the source, or take a dump.',
    },
  )
}
