import { builtInFormats } from '@/lib/contracts/encryption'
import type { CommonOptions } from '@/lib/contracts/engines/common'

/** Options of every source in the form, as typed: null where a field is empty. */
export interface OptionValues extends Omit<
  CommonOptions,
  | 'compressionLevel'
  | 'compressionThreads'
  | 'rateLimitBytesPerSecond'
  | 'slowAfterMs'
  | 'rpoObjectiveMs'
  | 'rtoObjectiveMs'
  | 'restoreTestLimitMs'
  | 'maxAttempts'
  | 'copyRule'
> {
  compressionLevel: number | null
  compressionThreads: number | null
  rateLimitBytesPerSecond: number | null
  slowAfterMs: number | null
  rpoObjectiveMs: number | null
  rtoObjectiveMs: number | null
  restoreTestLimitMs: number | null
  maxAttempts: number | null
  /** Without a number of copies nothing is asked. */
  copyRule: { copies: number | null; otherSites: number | null }
}

const hour = 3_600_000

export const emptyOptions: OptionValues = {
  compression: 'zstd',
  compressionLevel: 2,
  compressionThreads: 1,
  encryption: builtInFormats[0],
  lowPriority: false,
  gentle: false,
  rateLimitBytesPerSecond: null,
  slowAfterMs: hour / 2,
  rpoObjectiveMs: 24 * hour,
  rtoObjectiveMs: null,
  copyRule: { copies: null, otherSites: null },
  restoreTestLimitMs: 6 * hour,
  acceptUnconfined: false,
  maxAttempts: 3,
}

export function optionValuesOf(options: CommonOptions): OptionValues {
  const { copyRule = emptyOptions.copyRule } = options
  return {
    compression: options.compression,
    compressionLevel: options.compressionLevel,
    compressionThreads: options.compressionThreads,
    encryption: options.encryption,
    lowPriority: options.lowPriority,
    gentle: options.gentle,
    rateLimitBytesPerSecond: options.rateLimitBytesPerSecond ?? null,
    slowAfterMs: options.slowAfterMs,
    rpoObjectiveMs: options.rpoObjectiveMs ?? null,
    rtoObjectiveMs: options.rtoObjectiveMs ?? null,
    copyRule,
    restoreTestLimitMs: options.restoreTestLimitMs,
    acceptUnconfined: options.acceptUnconfined,
    maxAttempts: options.maxAttempts,
  }
}

/** What is sent; what is empty is left out. */
export function optionInputOf(values: OptionValues) {
  const { copies, otherSites } = values.copyRule
  return {
    compression: values.compression,
    compressionLevel: values.compressionLevel ?? undefined,
    compressionThreads: values.compressionThreads ?? undefined,
    encryption: values.encryption,
    lowPriority: values.lowPriority,
    gentle: values.gentle,
    rateLimitBytesPerSecond: values.rateLimitBytesPerSecond ?? undefined,
    slowAfterMs: values.slowAfterMs ?? undefined,
    rpoObjectiveMs: values.rpoObjectiveMs ?? undefined,
    rtoObjectiveMs: values.rtoObjectiveMs ?? undefined,
    copyRule: copies === null ? undefined : { copies, otherSites: otherSites ?? 0 },
    restoreTestLimitMs: values.restoreTestLimitMs ?? undefined,
    acceptUnconfined: values.acceptUnconfined,
    maxAttempts: values.maxAttempts ?? undefined,
  }
}
