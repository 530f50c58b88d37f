'use client'

import { useQuery } from '@tanstack/react-query'
import type { LogStream, RecoveryWindows } from '@/lib/contracts/recovery/continuous'
import type { LogWay, Protection } from '@/lib/contracts/recovery/protection'
import { BytesCell } from '@/components/cells/bytes-cell'
import { TimeCell } from '@/components/cells/time-cell'
import { Badge } from '@/components/ui/badge'
import { Facts } from '@/components/ui/facts'
import { FailureNote } from '@/components/ui/failure-note'
import { formatDuration } from '@/lib/client/format/duration'
import { destinationsQuery } from '@/lib/client/queries/destinations'
import { logStreamWords, pushedLogWords } from '@/lib/client/words/words'
import { wayOf } from './protection-values'

const wayWords = { dumps: 'by dumps', continuous: 'continuously', both: 'continuously and by dumps' } as const

interface StreamFactsProps {
  protection: Protection
  known: RecoveryWindows
}

/** How far the log is stored, and what would be lost now. */
export function StreamFacts({ protection, known }: StreamFactsProps) {
  const { streaming, latestCommitAt } = known
  return (
    <div className="space-y-4">
      {streaming?.error && <StreamTrouble stream={streaming} error={streaming.error} />}
      <Facts
        items={[
          { name: 'State', value: <StreamState stream={streaming} way={protection.log} /> },
          { name: 'Protected', value: wayWords[wayOf(protection)] },
          { name: 'Exposure now', value: <LogExposure known={known} objectiveMs={protection.sliceMs} /> },
          {
            name: 'Newest stored commit',
            value: <TimeCell at={latestCommitAt} none="none yet" form="exact" />,
          },
          {
            name: 'Stored up to',
            value: streaming?.storedPosition ? <StoredPosition stream={streaming} /> : 'nothing yet',
          },
          ...(streaming?.slot
            ? [{ name: 'Slot', value: <code className="text-xs break-all">{streaming.slot}</code> }]
            : []),
          ...(streaming?.slot ? [{ name: 'Kept on the server', value: <KeptOnServer kept={streaming.kept} /> }] : []),
          { name: 'The log goes to', value: <LogDestinations ids={protection.destinationIds} /> },
        ]}
      />
    </div>
  )
}

export function StreamState({ stream, way }: { stream: LogStream | null; way: LogWay }) {
  if (!stream) return <span className="text-ink-3">the log is not followed</span>
  const { label, tone, means } = (way === 'push' ? pushedLogWords : logStreamWords)[stream.state]
  return (
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1" data-stream={stream.state}>
      <Badge tone={tone}>{label}</Badge> {means}
    </span>
  )
}

export function StreamTrouble({ stream, error }: { stream: LogStream; error: NonNullable<LogStream['error']> }) {
  return (
    <FailureNote
      failure={error}
      actions={
        stream.retryAt && (
          <span className="text-[0.8125rem] text-ink-2">
            Next attempt <TimeCell at={stream.retryAt} form="exact" />
          </span>
        )
      }
    />
  )
}

function LogExposure({ known: { exposureMs }, objectiveMs }: { known: RecoveryWindows; objectiveMs: number }) {
  const objective = <span className="text-ink-3">(objective {formatDuration(objectiveMs)})</span>
  if (exposureMs === null) return <>unknown {objective}</>
  if (exposureMs === 0) return <>nothing: every commit is stored {objective}</>
  return (
    <>
      <span className={exposureMs > objectiveMs ? 'font-medium text-bad' : undefined}>
        {formatDuration(exposureMs)} of commits
      </span>{' '}
      {objective}
    </>
  )
}

function StoredPosition({ stream: { storedPosition, lagBytes } }: { stream: LogStream }) {
  return (
    <>
      <code className="text-xs">{storedPosition}</code>
      {lagBytes !== null && (
        <span className="text-ink-3">
          {lagBytes === 0 ? (
            ', as far as the server has written'
          ) : (
            <>
              , <BytesCell bytes={lagBytes} /> behind the server
            </>
          )}
        </span>
      )}
    </>
  )
}

function KeptOnServer({ kept }: { kept: LogStream['kept'] }) {
  if (!kept) return <span className="text-ink-3">not known yet</span>
  const { state, bytes, limitBytes } = kept
  if (state === 'absent') return <span className="text-bad">nothing: there is no slot</span>
  if (state === 'lost') return <span className="text-bad">nothing: the slot is lost</span>
  return (
    <span className={state === 'doomed' ? 'font-medium text-bad' : undefined} data-kept={state}>
      <BytesCell bytes={bytes} />{' '}
      <span className="text-ink-3">
        {limitBytes === null ? (
          'of its disk, without a limit; how much is free there is not known'
        ) : (
          <>
            of at most <BytesCell bytes={limitBytes} />
          </>
        )}
        {state === 'doomed' && ': what is over goes with its next checkpoint'}
      </span>
    </span>
  )
}

function LogDestinations({ ids }: { ids: readonly string[] | undefined }) {
  const destinations = useQuery({ ...destinationsQuery(), enabled: ids !== undefined })
  if (!ids) return <>where its scheduled backups go</>
  const names = destinations.data?.items.filter(({ id }) => ids.includes(id)).map(({ name }) => name)
  return <>{names?.join(', ') ?? `${ids.length} destinations`}</>
}
