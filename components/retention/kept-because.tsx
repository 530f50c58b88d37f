'use client'

import { useQuery } from '@tanstack/react-query'
import { backupRetentionQuery } from '@/lib/client/queries/retention'

/** Why a backup is kept today, or why it goes: every reason, by destination where they differ. */
export function KeptBecause({ backupId }: { backupId: string }) {
  const { data: retention } = useQuery(backupRetentionQuery(backupId))
  if (!retention) return null
  const differ = new Set(retention.copies.map((copy) => copy.reasons.join(';'))).size > 1
  return (
    <div className="text-[0.8125rem] text-ink-2" data-retention={retention.keep ? 'kept' : 'going'}>
      <p className="font-medium text-ink">{retention.keep ? 'Kept because' : 'Goes because'}</p>
      {differ ? (
        <ul className="list-disc pl-5">
          {retention.copies.map((copy) => (
            <li key={copy.destinationId}>
              {copy.destinationName}: {copy.keep ? '' : 'goes, '}
              {copy.reasons.join('; ')}
            </li>
          ))}
        </ul>
      ) : (
        <ul className="list-disc pl-5">
          {retention.reasons.map((reason) => (
            <li key={reason}>{reason}</li>
          ))}
        </ul>
      )}
    </div>
  )
}
