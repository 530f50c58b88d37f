import { channelSchema, channelTestSchema, createChannelSchema, updateChannelSchema } from '../alert'
import { compressionAdviceSchema } from '../compression-advice'
import {
  createDestinationSchema,
  destinationSchema,
  probeReportSchema,
  testDestinationSchema,
  updateDestinationSchema,
} from '../destination'
import {
  createRetentionPolicySchema,
  previewRetentionSchema,
  retentionPolicySchema,
  retentionPreviewSchema,
  updateRetentionPolicySchema,
} from '../retention'
import {
  createScheduleSchema,
  nextRunsSchema,
  scheduleFilterSchema,
  schedulePreviewSchema,
  scheduleSchema,
  updateScheduleSchema,
} from '../schedule'
import {
  backupRoleSqlSchema,
  createSourceSchema,
  inspectionSchema,
  sourceSchema,
  testSourceSchema,
  updateSourceSchema,
} from '../source'
import type { ApiRoute } from './api-route'
import { crud } from './crud'

/** What is protected, where it goes, when, for how long, and who is told. */
export const configurationRoutes: ApiRoute[] = [
  ...crud('/api/v1/admin/sources', 'source', 'sources', {
    item: sourceSchema,
    create: createSourceSchema,
    update: updateSourceSchema,
    remove: true,
  }),
  {
    method: 'post',
    path: '/api/v1/admin/sources/test-connection',
    summary: 'Test settings that are not stored',
    role: 'admin',
    body: testSourceSchema,
    status: 200,
    answer: inspectionSchema,
  },
  {
    method: 'post',
    path: '/api/v1/admin/sources/{id}/test-connection',
    summary: 'Test a source; with a body (administrators), its changed settings',
    role: 'operator',
    body: updateSourceSchema,
    status: 200,
    answer: inspectionSchema,
  },
  {
    method: 'post',
    path: '/api/v1/admin/sources/{id}/compression-advice',
    summary: 'Measure compressions on a sample of the source (about 20 s) and recommend one; nothing is changed',
    role: 'operator',
    status: 200,
    answer: compressionAdviceSchema,
  },
  {
    method: 'get',
    path: '/api/v1/admin/sources/{id}/backup-role-sql',
    summary: 'SQL that makes a least-privilege role for backups',
    role: 'viewer',
    status: 200,
    answer: backupRoleSqlSchema,
  },
  ...crud('/api/v1/admin/destinations', 'destination', 'destinations', {
    item: destinationSchema,
    create: createDestinationSchema,
    update: updateDestinationSchema,
    remove: true,
  }),
  {
    method: 'post',
    path: '/api/v1/admin/destinations/test',
    summary: 'Probe settings that are not stored',
    role: 'admin',
    body: testDestinationSchema,
    status: 200,
    answer: probeReportSchema,
  },
  {
    method: 'post',
    path: '/api/v1/admin/destinations/{id}/test',
    summary: 'Probe a destination; with a body (administrators), its changed settings',
    role: 'operator',
    body: updateDestinationSchema,
    status: 200,
    answer: probeReportSchema,
  },
  ...crud('/api/v1/admin/schedules', 'schedule', 'schedules', {
    item: scheduleSchema,
    create: createScheduleSchema,
    update: updateScheduleSchema,
    remove: true,
    filter: scheduleFilterSchema,
  }),
  {
    method: 'post',
    path: '/api/v1/admin/schedules/preview',
    summary: 'The next five runs of timing that is not stored',
    role: 'viewer',
    body: schedulePreviewSchema,
    status: 200,
    answer: nextRunsSchema,
  },
  ...crud('/api/v1/admin/retention-policies', 'retention policy', 'retention policies', {
    item: retentionPolicySchema,
    create: createRetentionPolicySchema,
    update: updateRetentionPolicySchema,
    remove: true,
  }),
  {
    method: 'post',
    path: '/api/v1/admin/retention-policies/preview',
    summary: 'What rules would keep and delete of a source today, and why; nothing is changed',
    role: 'viewer',
    body: previewRetentionSchema,
    status: 200,
    answer: retentionPreviewSchema,
  },
  ...crud('/api/v1/admin/channels', 'alert channel', 'alert channels', {
    item: channelSchema,
    create: createChannelSchema,
    update: updateChannelSchema,
    remove: true,
  }),
  {
    method: 'post',
    path: '/api/v1/admin/channels/{id}/test',
    summary: 'Send a test message',
    role: 'operator',
    status: 200,
    answer: channelTestSchema,
  },
]
