import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest } from 'node:https'
import path from 'node:path'
import { text } from 'node:stream/consumers'

// This is bundled as a program of its own for database servers, which start it for every segment: it imports nothing of Holdfast.

/** Longer than Holdfast takes for a file. */
const patienceMs = 6 * 60_000

type Settings = Record<string, string | undefined>

/**
 * Hands a file of the server's log in, and resolves once Holdfast has stored it. Rejects with an error whose message says what to do.
 * `file` is what PostgreSQL calls %p; HOLDFAST_URL, HOLDFAST_SOURCE and HOLDFAST_TOKEN or HOLDFAST_TOKEN_FILE say where it goes.
 */
export async function pushFile(file: string, env: Settings): Promise<void> {
  const name = path.basename(file)
  const base = needed(env, 'HOLDFAST_URL', 'the address of Holdfast')
  const source = needed(env, 'HOLDFAST_SOURCE', 'the id of the source')
  const token = await tokenOf(env)
  const url = addressOf(base, `api/v1/admin/sources/${encodeURIComponent(source)}/log/${encodeURIComponent(name)}`)
  const { size } = await stat(file)
  const response = await send(url, file, {
    authorization: `Bearer ${token}`,
    'content-type': 'application/octet-stream',
    'content-length': String(size),
  })
  const answer = await text(response)
  if (response.statusCode === 200) return
  throw new Error(`${problemOf(answer) ?? `${url.host} answered ${response.statusCode}, not as Holdfast does.`}`)
}

function needed(env: Settings, name: string, what: string): string {
  const value = env[name]
  if (value) return value
  throw new Error(`Set ${name} to ${what}.`)
}

/** A file may have the token alone, or the whole header as curl reads it. */
async function tokenOf(env: Settings): Promise<string> {
  const file = env['HOLDFAST_TOKEN_FILE']
  const stored = file ? await readFile(file, 'utf8') : needed(env, 'HOLDFAST_TOKEN', 'a token with the scope log:push')
  return stored.trim().replace(/^authorization:\s*bearer\s+/i, '')
}

function addressOf(base: string, route: string): URL {
  const url = URL.parse(route, base.endsWith('/') ? base : `${base}/`)
  if (url && /^https?:$/.test(url.protocol)) return url
  throw new Error('HOLDFAST_URL is no address such as https://backup.example.com.')
}

function send(url: URL, file: string, headers: Record<string, string>): Promise<IncomingMessage> {
  const request = url.protocol === 'https:' ? httpsRequest : httpRequest
  return new Promise((resolve, reject) => {
    const fail = (error: Error) => reject(new Error(`${url.host} could not be reached: ${reasonOf(error)}.`))
    const sent = request(url, { method: 'PUT', headers, timeout: patienceMs }, resolve)
    sent.on('timeout', () => sent.destroy(new Error('it did not answer')))
    sent.on('error', fail)
    const bytes = createReadStream(file)
    bytes.on('error', (error) => sent.destroy(error))
    bytes.pipe(sent)
  })
}

/** Several addresses that were tried come as one error without a text. */
const reasonOf = (error: Error & { code?: string }) => error.message || error.code || 'the connection failed'

/** What a problem+json says; null for everything else. */
function problemOf(answer: string): string | null {
  try {
    const problem: unknown = JSON.parse(answer)
    if (typeof problem !== 'object' || problem === null || !('detail' in problem)) return null
    return [problem.detail, 'remedy' in problem ? problem.remedy : null].filter(Boolean).join(' ')
  } catch {
    return null
  }
}
