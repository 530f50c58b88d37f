import { z } from 'zod'
import {
  createDocument,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi'
import { alertSchema, channelSchema } from '@/lib/contracts/alerting/alert'
import { auditEventSchema } from '@/lib/contracts/audit'
import { backupSchema, restoreTestSchema } from '@/lib/contracts/backup'
import { logFileParamsSchema } from '@/lib/contracts/recovery/continuous'
import { restoreSchema } from '@/lib/contracts/restore'
import { idParamsSchema, problemSchema } from '@/lib/contracts/common'
import { destinationSchema } from '@/lib/contracts/destination'
import { errorCodes, type ErrorCode } from '@/lib/contracts/error-code'
import { jobSchema } from '@/lib/contracts/job'
import { apiRoutes } from '@/lib/contracts/openapi'
import type { ApiRoute } from '@/lib/contracts/routes/api-route'
import { retentionPolicySchema } from '@/lib/contracts/retention'
import { scheduleSchema } from '@/lib/contracts/schedule'
import { sourceSchema } from '@/lib/contracts/source'
import { instanceFacts } from './instance-facts'
import { sessionCookieName } from './sign-in/session-cookie'

/** A list that grows with releases, so no `enum`: programs made from one refuse every value that it lacks. */
const problem = problemSchema.extend({
  code: z.string().meta({
    description:
      'Stable kebab-case code, explained in docs/reference/errors.md. New ones come with new releases: treat one that is not known by its status.',
    example: 'name-taken' satisfies ErrorCode,
    'x-extensible-enum': Object.keys(errorCodes).sort(),
  }),
})

/** The OpenAPI 3.1 document, made of the same contracts that parse requests. */
export function openApiDocument(): ReturnType<typeof createDocument> {
  const paths: ZodOpenApiPathsObject = {}
  for (const route of apiRoutes) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(route) }
  }
  return createDocument({
    openapi: '3.1.0',
    info: {
      title: 'Holdfast',
      version: instanceFacts().version,
      description:
        'Times are RFC 3339 in UTC, sizes bytes, durations milliseconds. Lists are pages: `?limit=&cursor=`. ' +
        'Starting work answers 202 with a jobId. Errors are application/problem+json with a stable `code`.',
    },
    security: [{ token: [] }, { session: [] }],
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: sessionCookieName },
      },
      schemas: {
        Alert: alertSchema,
        AuditEvent: auditEventSchema,
        Backup: backupSchema,
        Channel: channelSchema,
        Destination: destinationSchema,
        Job: jobSchema,
        Problem: problem,
        Restore: restoreSchema,
        RestoreTest: restoreTestSchema,
        RetentionPolicy: retentionPolicySchema,
        Schedule: scheduleSchema,
        Source: sourceSchema,
      },
    },
    paths,
  })
}

function operation(route: ApiRoute): ZodOpenApiOperationObject {
  const path = pathParamsOf(route)
  const query = route.query ? { query: route.query } : {}
  return {
    summary: route.summary,
    ...(route.role === 'public' ? { security: [] } : { description: needs(route) }),
    ...(route.query || 'path' in path ? { requestParams: { ...path, ...query } } : {}),
    ...(route.body ? { requestBody: { content: { 'application/json': { schema: route.body } } } } : {}),
    ...(route.bytes ? { requestBody: { content: { 'application/octet-stream': { schema: z.string() } } } } : {}),
    responses: {
      [route.status]: { description: 'Done', ...content(route.answer) },
      default: {
        description: 'Refused or failed',
        content: { 'application/problem+json': { schema: problem } },
      },
    },
  }
}

function pathParamsOf({ path }: ApiRoute) {
  if (path.includes('{name}')) return { path: logFileParamsSchema }
  return path.includes('{id}') ? { path: idParamsSchema } : {}
}

/** In words, what someone must be and a token must have. */
function needs({ role, scope, perSource }: ApiRoute): string {
  if (scope === 'person') return `Needs the role ${role} and a session; no token may.`
  const token = scope === 'any' ? '' : `, and of a token with scopes ${scope}`
  return `Needs the role ${role}${token}.${perSource ? '' : ' Refused to tokens that are limited to sources.'}`
}

function content(answer: ApiRoute['answer']): Pick<ZodOpenApiResponseObject, 'content'> {
  if (answer === undefined) return {}
  if ('mediaType' in answer) return { content: { [answer.mediaType]: { schema: z.string() } } }
  return { content: { 'application/json': { schema: answer } } }
}
