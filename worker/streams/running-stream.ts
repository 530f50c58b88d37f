import type { StreamFacts } from '@/lib/services/log/hold-stream'

/** What a stream that is being followed can be asked. */
export interface RunningStream {
  facts(): StreamFacts | null
  /** A position that is to be stored at once. */
  want(order: bigint | null): void
}
