'use client'

import { useEffect } from 'react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { Job } from '@/lib/contracts/job'
import { jobKey, jobQuery } from '@/lib/client/queries/jobs'
import { isActive } from '@/lib/client/words/words'

/** A browser opens six connections to a host at most; streams must leave some for everything else. */
const streamsAtMost = 3
let openStreams = 0

/**
 * A job as it goes: by server-sent events while it is active, by asking where there is no stream. When it ends,
 * everything on the screen is asked again, so that history and verdicts follow at once.
 */
export function useJob(initial: Job): Job {
  const client = useQueryClient()
  const { data: job } = useQuery({ ...jobQuery(initial.id), initialData: initial, initialDataUpdatedAt: 0 })
  const active = isActive(job.state)
  const id = initial.id

  useEffect(() => {
    if (!active) return
    const close = openStreams < streamsAtMost ? follow(id, (next) => client.setQueryData(jobKey(id), next)) : undefined
    return () => {
      close?.()
      void client.invalidateQueries()
    }
  }, [active, client, id])

  return job
}

/** Hears a job's events until it ends or the returned function is called. */
function follow(id: string, onJob: (job: Job) => void): () => void {
  const events = new EventSource(`/api/v1/admin/jobs/${id}/events`)
  let open = true
  openStreams += 1
  const close = () => {
    if (!open) return
    open = false
    openStreams -= 1
    events.close()
  }
  events.addEventListener('progress', (event) => {
    const job = parseJob(event.data)
    if (!job) return
    onJob(job)
    if (!isActive(job.state)) close()
  })
  return close
}

/** The server writes what its contract says; only a torn event does not parse. */
function parseJob(data: unknown): Job | null {
  try {
    const job: Job = JSON.parse(String(data))
    return job
  } catch {
    return null
  }
}
