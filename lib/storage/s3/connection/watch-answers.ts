import type { S3Client } from '@aws-sdk/client-s3'
import { HoldfastError } from '@/lib/core/holdfast-error'
import type { S3Config } from '@/lib/contracts/destinations/s3'
import { notTheApi } from './describe-stranger'
import { endpointName } from './endpoint-name'

const operations = new WeakMap<object, string>()

/** Which operation an error answered, by the SDK's name of it, such as ListObjectsV2. */
export const operationOf = (error: unknown): string | undefined =>
  typeof error === 'object' && error !== null ? operations.get(error) : undefined

/**
 * Notes of every error what was asked, and refuses web pages that come as a success: consoles answer every path with
 * theirs, and a HEAD of it would be an object that is there.
 */
export function watchAnswers(client: S3Client, config: S3Config): void {
  client.middlewareStack.add(
    (next, context) => async (args) => {
      try {
        return await next(args)
      } catch (error) {
        if (typeof error === 'object' && error !== null && context.commandName)
          operations.set(error, context.commandName.replace(/Command$/, ''))
        throw error
      }
    },
    { step: 'initialize', name: 'holdfastNoteOperation' },
  )
  client.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      if (isPage(result.response)) {
        const endpoint = endpointName(config)
        throw new HoldfastError('storage-failed', `${endpoint} is no S3 store: it answered with a web page`, {
          remedy: notTheApi,
          facts: { bucket: config.bucket, endpoint },
        })
      }
      return result
    },
    { step: 'deserialize', priority: 'low', name: 'holdfastRefusePages' },
  )
}

interface Answer {
  statusCode: number
  headers: Record<string, string>
  body?: { destroy?: () => void }
}

/** Nothing that Holdfast stores is a page, and S3 says of no answer of its own that it is one. */
function isPage(response: unknown): boolean {
  if (typeof response !== 'object' || response === null) return false
  const { statusCode, headers, body } = response as Partial<Answer> // The SDK types it as unknown.
  if (statusCode === undefined || statusCode >= 300 || !/^text\/html\b/i.test(headers?.['content-type'] ?? ''))
    return false
  // Some stores and proxies call even an empty answer html.
  if (statusCode === 204 || headers?.['content-length'] === '0') return false
  body?.destroy?.()
  return true
}
