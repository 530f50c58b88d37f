import { HoldfastError } from '@/lib/core/holdfast-error'

/** As the server puts it in English; in another language, Endpoint.explain makes the next attempt read from the primary all the same. */
const conflictText =
  /due to conflict with recovery|User (?:query|was|transaction) .*(?:row versions|relation lock|shared buffer pin|tablespace|deadlock with recovery|database)/i

/** True when a standby ended a session or statement so that it could go on replaying. */
export function isRecoveryConflict(message: string): boolean {
  return conflictText.test(message)
}

/** Transient: the next attempt reads from the primary (pickEndpoint), where nothing is replayed. */
export function recoveryConflict(facts: Record<string, unknown>, cause: unknown): HoldfastError {
  return new HoldfastError(
    'recovery-conflict',
    'The replica ended the backup because it conflicted with what it had to replay.',
    {
      remedy:
        'The next attempt reads from the primary. To avoid it, set hot_standby_feedback = on or raise max_standby_streaming_delay on the replica.',
      facts,
      transient: true,
      cause,
    },
  )
}
