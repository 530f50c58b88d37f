import { once } from 'node:events'
import { createServer } from 'node:http'
import Provider from 'oidc-provider'

/** What the provider knows of someone. */
export interface Account {
  email?: string
  email_verified?: boolean
  name?: string
  groups?: string[]
}

export interface IdentityProvider extends AsyncDisposable {
  issuer: string
  accounts: Map<string, Account>
  /** Who is in front of the browser when the provider asks for a name and password. */
  signsIn: string
  close(): Promise<void>
}

export const client = { id: 'holdfast', secret: 'the client secret of the tests' }

/**
 * A real OpenID Connect server with one confidential client. Its sign-in page is answered at once for the person in `signsIn`.
 * As most do, it puts groups and address into the user info alone unless `claimsInIdToken`.
 */
export async function startIdentityProvider(options: {
  redirectUris: string[]
  claimsInIdToken?: boolean
}): Promise<IdentityProvider> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the identity provider has no port')
  const issuer = `http://127.0.0.1:${address.port}`
  const accounts = new Map<string, Account>()
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: client.id,
        client_secret: client.secret,
        redirect_uris: options.redirectUris,
        grant_types: ['authorization_code'],
        response_types: ['code'],
      },
    ],
    claims: {
      openid: ['sub'],
      email: ['email', 'email_verified'],
      profile: ['name'],
      groups: ['groups'],
    },
    conformIdTokenClaims: !options.claimsInIdToken,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false }, claimsParameter: { enabled: true } },
    interactions: { url: (_: unknown, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    cookies: { keys: ['only of tests'] },
    findAccount: (_: unknown, id: string) => ({
      accountId: id,
      claims: () => ({ sub: id, ...accounts.get(id) }),
    }),
  })
  const idp = {
    issuer,
    accounts,
    signsIn: '',
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
    [Symbol.asyncDispose]: () => idp.close(),
  }
  const answer = provider.callback()
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return answer(request, response)
    void (async () => {
      const { prompt, params, session } = await provider.interactionDetails(request, response)
      if (prompt.name === 'login') {
        return provider.interactionFinished(request, response, { login: { accountId: idp.signsIn } })
      }
      const grant = new provider.Grant({ accountId: session?.accountId ?? '', clientId: String(params['client_id']) })
      grant.addOIDCScope('openid email profile groups')
      return provider.interactionFinished(
        request,
        response,
        { consent: { grantId: await grant.save() } },
        { mergeWithLastSubmission: true },
      )
    })().catch((error: unknown) => {
      response.statusCode = 500
      response.end(String(error))
    })
  })
  return idp
}
