import type { Problem } from '@/lib/contracts/common'
import { isCode } from './is-code'
import { askSignIn } from './sign-in-again'
import { askStepUp } from './step-up'

/** An error answer of the API, as the problem document it came as. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly problem: Problem
  constructor(problem: Problem) {
    super(problem.detail ?? problem.title)
    this.problem = problem
  }
}

export interface ApiRequest {
  method?: 'GET' | 'POST' | 'PATCH' | 'DELETE'
  body?: unknown
  signal?: AbortSignal
}

/**
 * Calls `/api/v1{path}`. Throws ApiError for every answer that is not a success, also when nobody answers.
 * A session that has ended is reported, and the request is sent again once the person has signed in where they are; else it
 * leads to the sign-in page and back. Where the server wants to be shown again who it is, the
 * person is asked, and the request is sent again.
 */
export async function api<T>(path: string, { method = 'GET', body, signal }: ApiRequest = {}): Promise<T> {
  const response = await send(path, { method, body, signal })
  if (response.status === 401 && !path.startsWith('/setup')) {
    if (await askSignIn()) return api<T>(path, { method, body, signal })
    leaveForSignIn()
  }
  if (!response.ok) {
    const problem = await readProblem(response)
    if (isCode(problem.code, 'step-up-needed') && (await askStepUp(problem)))
      return api<T>(path, { method, body, signal })
    throw new ApiError(problem)
  }
  if (response.status === 204) return nothing<T>()
  return readAs<T>(response)
}

async function send(path: string, { method, body, signal }: ApiRequest): Promise<Response> {
  try {
    return await fetch(`/api/v1${path}`, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      signal: signal ?? null,
      cache: 'no-store',
    })
  } catch (error) {
    if (signal?.aborted) throw error
    throw new ApiError({
      type: 'about:blank',
      title: 'Holdfast does not answer',
      status: 0,
      detail: 'The web process could not be reached.',
      code: 'unreachable',
      remedy: 'Check that Holdfast runs and that this computer can reach it.',
    })
  }
}

async function readProblem(response: Response): Promise<Problem> {
  const fallback: Problem = {
    type: 'about:blank',
    title: `The server answered ${response.status}`,
    status: response.status,
    code: 'unexpected',
  }
  if (!response.headers.get('content-type')?.includes('json')) return fallback
  const problem = await response.json().catch(() => null)
  return isProblem(problem) ? problem : fallback
}

function isProblem(value: unknown): value is Problem {
  return typeof value === 'object' && value !== null && 'title' in value && 'code' in value
}

/** The server builds its answers from the same contracts, and its tests check that; they are not parsed twice. */
async function readAs<T>(response: Response): Promise<T> {
  const body: T = await response.json()
  return body
}

/** For answers without a body; callers of such routes ask for `void`. */
function nothing<T>(): T {
  return undefined as T
}

function leaveForSignIn(): void {
  if (window.location.pathname === '/login') return
  const here = `${window.location.pathname}${window.location.search}`
  window.location.assign(`/login?callbackUrl=${encodeURIComponent(here)}`)
}

/** `?a=1&b=2` of the values that are set, or nothing. */
export function search(values: Record<string, string | number | boolean | null | undefined>): string {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(values)) {
    if (value !== undefined && value !== null && value !== '') params.set(key, String(value))
  }
  const text = params.toString()
  return text ? `?${text}` : ''
}
