const dayMs = 86_400_000
/** What lets nobody in any more says nothing either; its trace is in the audit log. */
const accessDays = 1
/** A worker that ended, or was last heard of, so long ago. */
const workerDays = 30

/** Instants before which a record that is over and done is removed from the catalog. */
export interface RecordCutoffs {
  /** By the end of the job. */
  jobs: Date
  /** By the end of the incident; its deliveries go with it. */
  alerts: Date
  /** By the expiry of sessions, invitations and approvals. */
  access: Date
  /** By a worker's end, or its last sign of life. */
  workers: Date
}

/** How far back what happened is kept. Backups, what proves them, and the audit log are no part of this. */
export function recordCutoffs(rules: { jobDays: number; alertDays: number }, now: Date): RecordCutoffs {
  const before = (days: number) => new Date(now.getTime() - days * dayMs)
  return {
    jobs: before(rules.jobDays),
    alerts: before(rules.alertDays),
    access: before(accessDays),
    workers: before(workerDays),
  }
}
