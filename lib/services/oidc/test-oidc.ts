import { z } from 'zod'
import type { OidcTest } from '@/lib/contracts/people/access'
import { clip } from '@/lib/core/clip'
import { HoldfastError } from '@/lib/core/holdfast-error'
import { type Answer, requestOnce } from '@/lib/network/request-once'
import { recordAudit } from '../audit/record-audit'
import type { ServiceContext } from '../context'
import { readOperations } from '../operations/read-operations'
import { permit } from '../permit'
import { refuseMetadataUrl } from '../refuse-metadata-address'
import { readClientSecret } from './client-secret'
import { discoveryUrl } from './discovery-url'
import { oidcCallbackPath } from './get-oidc-facts'

const limitMs = 10_000
/** Documents of providers have a few kilobytes; keys with their certificates some more. */
const maxAnswerBytes = 1024 * 1024
const url = z.url({ protocol: /^https?$/ })
const discoverySchema = z.object({
  issuer: z.string(),
  authorization_endpoint: url,
  token_endpoint: url,
  jwks_uri: url,
  code_challenge_methods_supported: z.array(z.string()).optional(),
  claims_supported: z.array(z.string()).optional(),
})
type Discovery = z.infer<typeof discoverySchema>
type Check = OidcTest['checks'][number]

/**
 * Tries the stored settings against the provider: its discovery document, its keys, and whether it takes the client id
 * and secret. A failure is an answer, not an exception. Throws `oidc-incomplete` while no issuer or client id is saved.
 */
export async function testOidc({
  ctx,
  input,
}: {
  ctx: ServiceContext
  input: { origin: string; signal?: AbortSignal }
}): Promise<OidcTest> {
  permit(ctx.actor, 'admin')
  const { oidc } = await readOperations(ctx.db)
  if (oidc.issuer === null || oidc.clientId === '') {
    throw new HoldfastError('oidc-incomplete', 'Enter and save the issuer and the client id first.')
  }
  await refuseMetadataUrl(oidc.issuer, 'oidc.issuer')
  const limit = AbortSignal.timeout(limitMs)
  const signal = input.signal ? AbortSignal.any([input.signal, limit]) : limit
  const checks: Check[] = []
  const found = await discover(oidc.issuer, signal, checks)
  if (found) {
    const clientSecret = await readClientSecret(ctx, ctx.db)
    await attempt(checks, 'Signing keys', () => countKeys(found, signal))
    await attempt(checks, 'Client id and secret', () =>
      tryClient(found, { id: oidc.clientId, secret: clientSecret, redirect: input.origin + oidcCallbackPath }, signal),
    )
  }
  const ok = checks.every((check) => check.ok)
  const event = { action: 'settings.test-oidc', subjectType: 'settings', subjectId: 'oidc' }
  await recordAudit(ctx.db, ctx.actor, { ...event, detail: { issuer: oidc.issuer, ok } })
  return { ok, checks }
}

async function attempt(checks: Check[], name: string, run: () => Promise<string>): Promise<void> {
  try {
    checks.push({ name, ok: true, detail: await run() })
  } catch (error) {
    checks.push({ name, ok: false, detail: clip(error instanceof Error ? error.message : String(error), 1_000) })
  }
}

async function discover(issuer: string, signal: AbortSignal, checks: Check[]): Promise<Discovery | null> {
  let found: Discovery | null = null
  await attempt(checks, 'Discovery', async () => {
    const read = discoverySchema.safeParse(await getJson(discoveryUrl(issuer), signal))
    if (!read.success) throw new Error('The answer is not an OpenID Connect discovery document.')
    if (read.data.issuer !== issuer) {
      throw new Error(`The provider calls itself ${read.data.issuer}; enter exactly that as issuer.`)
    }
    found = read.data
    return 'The provider was found and calls itself by the issuer entered.'
  })
  return found
}

async function countKeys(found: Discovery, signal: AbortSignal): Promise<string> {
  const { keys } = z.object({ keys: z.array(z.unknown()).min(1) }).parse(await getJson(found.jwks_uri, signal))
  return `${keys.length} ${keys.length === 1 ? 'key' : 'keys'}`
}

/** A code that was never issued: a provider that knows the client complains of the code, another of the client. */
async function tryClient(
  found: Discovery,
  client: { id: string; secret: string | null; redirect: string },
  signal: AbortSignal,
): Promise<string> {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    code: 'holdfast-test',
    redirect_uri: client.redirect,
    code_verifier: 'holdfast-test-holdfast-test-holdfast-test-0',
    ...(client.secret === null ? { client_id: client.id } : {}),
  })
  const encoded = (part: string) => encodeURIComponent(part)
  const headers: Record<string, string> =
    client.secret === null ? {} : { authorization: `Basic ${btoa(`${encoded(client.id)}:${encoded(client.secret)}`)}` }
  const response = await requestOnce(new URL(found.token_endpoint), {
    body: body.toString(),
    headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
    maxAnswerBytes,
    signal,
  })
  const answer = z.object({ error: z.string() }).safeParse(jsonOf(response.text))
  if (answer.data?.error === 'invalid_grant') return 'The provider knows the client.'
  if (answer.data?.error === 'invalid_client' || answer.data?.error === 'unauthorized_client') {
    throw new Error('The provider refuses the client id or its secret.')
  }
  throw new Error(`The provider answered ${response.status} ${answer.data?.error ?? ''}`.trim())
}

async function getJson(address: string, signal: AbortSignal): Promise<unknown> {
  let response: Answer
  try {
    const headers = { accept: 'application/json' }
    response = await requestOnce(new URL(address), { body: null, headers, maxAnswerBytes, signal })
  } catch (error) {
    if (error instanceof HoldfastError) throw error
    throw new Error(`${address} cannot be reached.`)
  }
  if (response.status < 200 || response.status >= 300) throw new Error(`${address} answered ${response.status}.`)
  const answer = jsonOf(response.text)
  if (answer === undefined) throw new Error(`${address} did not answer JSON.`)
  return answer
}

/** Undefined for what is not JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
