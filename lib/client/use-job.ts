'use client'

import { useEffect } from 'react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import type { Job } from '@/lib/contracts/job'
import { jobKey, jobQuery } from './queries/jobs'
import { isActive } from './words'

/**
 * A job as it goes: by server-sent events while it is active, by asking where the stream breaks off. When it ends,
 * everything on the screen is asked again, so that history and verdicts follow at once.
 */
export function useJob(initial: Job): Job {
  const client = useQueryClient()
  const { data } = useQuery({ ...jobQuery(initial.id), initialData: initial, initialDataUpdatedAt: 0 })
  const job = data
  const active = isActive(job.state)
  const id = initial.id

  useEffect(() => {
    if (!active) return
    const events = new EventSource(`/api/v1/admin/jobs/${id}/events`)
    events.addEventListener('progress', (event) => {
      const next = parseJob(event.data)
      if (!next) return
      client.setQueryData(jobKey(id), next)
      if (!isActive(next.state)) events.close()
    })
    return () => {
      events.close()
      void client.invalidateQueries()
    }
  }, [active, client, id])

  return job
}

function parseJob(data: unknown): Job | null {
  try {
    const value: Job = JSON.parse(String(data))
    return value
  } catch {
    return null
  }
}
