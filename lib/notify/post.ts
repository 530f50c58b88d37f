import { type Answer, requestOnce } from '@/lib/network/request-once'
import { refuseAddress } from './refused-address'

/** More of an answer is not read: it is only looked at for an error. */
const maxAnswerBytes = 4 * 1024

/** One request without redirects: a POST of the body, or a GET when there is none. Resolves whatever the status is. */
export async function post(
  url: URL,
  body: string | null,
  headers: Record<string, string>,
  signal: AbortSignal,
): Promise<Answer> {
  refuseAddress(url.hostname)
  return requestOnce(url, { body, headers, maxAnswerBytes, signal })
}
