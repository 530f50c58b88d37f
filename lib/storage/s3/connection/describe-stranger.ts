import { clip } from '@/lib/core/clip'
import type { S3Config } from '@/lib/contracts/destinations/s3'
import { endpointName } from './endpoint-name'
import { isStranger, type S3Fault } from './read-fault'

/** In words of an answer: so much shows what answered, and is no page. */
const shownCharacters = 120

/** What answered in the place of an S3 store, and what to enter instead. Null for an answer of a store. */
export function describeStranger(fault: S3Fault, config: S3Config): { message: string; remedy: string } | null {
  if (!isStranger(fault)) return null
  const endpoint = endpointName(config)
  const { status, contentType } = fault
  const sentOn =
    status !== undefined && status >= 300 && status < 400 ? URL.parse(fault.location ?? '', endpoint) : null
  if (sentOn) {
    return {
      message: `${endpoint} is no S3 store: it sends on to ${sentOn.origin}`,
      remedy: `Enter the address of the S3 API itself as the endpoint, perhaps ${sentOn.origin}`,
    }
  }
  const said = wordsOf(fault)
  const what =
    /html/i.test(contentType) || /^\s*<(?:!doctype\s+)?html/i.test(fault.body ?? '') ? 'a web page' : 'no answer of S3'
  const message = `${endpoint} is no S3 store: it answered ${status} with ${what}${said ? ` ("${said}")` : ''}`
  if (status === 413) {
    return {
      message: `A server in front of ${endpoint} takes no request of this size (413${said ? `, "${said}"` : ''})`,
      remedy: 'Let it pass requests of any size (nginx: client_max_body_size 0)',
    }
  }
  return { message, remedy: notTheApi }
}

/** Also said of a page that was answered as if all were well. */
export const notTheApi =
  'Enter the address of the S3 API as the endpoint: a web console has another host or port (MinIO has its console at 9001 and S3 at 9000). If the address is right, something between Holdfast and the store answers in its place'

function wordsOf({ body }: S3Fault): string {
  if (body === undefined) return ''
  const title = /<title[^>]*>([^<]*)/i.exec(body)?.[1]
  const words = title ?? body.replace(/<(script|style)[\s\S]*?<\/\1>/gi, ' ').replace(/<[^>]*>/g, ' ')
  return clip(words.replace(/\s+/g, ' ').trim(), shownCharacters)
}
