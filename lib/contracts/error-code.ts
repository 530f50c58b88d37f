import { accessErrors } from './errors/access'
import { alertErrors } from './errors/alert'
import { backupErrors } from './errors/backup'
import { destinationErrors } from './errors/destination'
import type { ErrorEntry } from './errors/error-entry'
import { jobErrors } from './errors/job'
import { keyErrors } from './errors/key'
import { logErrors } from './errors/log'
import { requestErrors } from './errors/request'
import { restoreErrors } from './errors/restore'
import { restoreTestErrors } from './errors/restore-test'
import { scheduleErrors } from './errors/schedule'
import { signInErrors } from './errors/sign-in'
import { sourceErrors } from './errors/source'
import { startErrors } from './errors/start'

/** The order of docs/reference/errors.md. A code stands in one group only. */
export const errorGroups = {
  'Requests and the instance': requestErrors,
  'Rights and approvals': accessErrors,
  'Signing in and accounts': signInErrors,
  'Databases to be backed up': sourceErrors,
  Backups: backupErrors,
  'Continuous protection and recovery': logErrors,
  'Destinations and stored objects': destinationErrors,
  Restores: restoreErrors,
  'Restore tests and the sandbox': restoreTestErrors,
  'Schedules, policies and retention': scheduleErrors,
  Jobs: jobErrors,
  'Channels of alerts': alertErrors,
  'Keys, recovery kit and signatures': keyErrors,
  'Start and command line': startErrors,
} satisfies Record<string, Record<string, ErrorEntry>>

type Codes<Group> = Group extends unknown ? keyof Group : never

/** Every code of an error or a failure. Codes are API: one that was released keeps its name and its meaning. */
export type ErrorCode = Codes<(typeof errorGroups)[keyof typeof errorGroups]>

/**
 * What belongs to each code; HTTP status, exit status and documentation are made from it. The browser imports types only
 * from here, because it has no use for the texts.
 */
export const errorCodes: Readonly<Record<ErrorCode, ErrorEntry>> = {
  ...requestErrors,
  ...accessErrors,
  ...signInErrors,
  ...sourceErrors,
  ...backupErrors,
  ...logErrors,
  ...destinationErrors,
  ...restoreErrors,
  ...restoreTestErrors,
  ...scheduleErrors,
  ...jobErrors,
  ...alertErrors,
  ...keyErrors,
  ...startErrors,
}
