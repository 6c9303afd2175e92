import { readApiKey } from '@renmai/platform/secrets/api-key'
import type { Http } from '@renmai/platform/serve/http'
import type { Log } from '@renmai/platform/serve/log'
import type { JWK } from 'jose'
import Provider, { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import type { Authenticate, Caller } from './authenticate.ts'
import { AUDIENCE } from './read-issued.ts'

export type TokenSettings = {
  /** URL at which clients reach this gateway; each token names it as issuer. */
  issuer: string
  /** Private keys; the first signs. */
  keys: readonly JWK[]
  authenticate: Authenticate
  log: Log
}

const TTL_SECONDS = 900
const PATH = '/oauth'

/**
 * Issues access tokens to API clients for their key (OAuth 2.0 client credentials, RFC 6749 4.4; tokens by RFC 9068). The id is
 * the public part of the key, the secret is the whole key, sent by HTTP Basic. So a key is sent to one place once in fifteen
 * minutes instead of with every request. A token has the requested scopes that the client has; all of the client's scopes when
 * none are requested.
 */
export function serveTokens(http: Http, { issuer, keys, authenticate, log }: TokenSettings): void {
  const callers = new WeakMap<object, Caller>()
  const addresses = new WeakMap<object, string>()
  const alg = keys[0]!.alg as 'EdDSA' | 'ES256'
  const callerOf = (ctx: { req: object } | undefined) => ctx && callers.get(ctx.req)
  const scopeOf = (ctx: { req: object }) => [...(callerOf(ctx)?.scopes ?? [])].join(' ')
  const provider = new Provider(issuer, {
    adapter: () => keyHolders(alg),
    jwks: { keys: keys.map((key) => ({ use: 'sig', ...key })) as never },
    clientAuthMethods: ['client_secret_basic'],
    routes: { token: `${PATH}/token`, jwks: `${PATH}/jwks` },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      userinfo: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        getResourceServerInfo: (ctx) => ({
          scope: scopeOf(ctx),
          audience: AUDIENCE,
          accessTokenTTL: TTL_SECONDS,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg } },
        }),
      },
    },
    extraTokenClaims: (ctx, { scope }) => {
      const asked = ctx.oidc.params?.scope
      // A token without scopes has all scopes of its client.
      if (asked && !scope) throw new errors.InvalidScope('the client has none of these scopes', String(asked))
      return { tid: callerOf(ctx)?.tenantId }
    },
  })
  provider.proxy = true
  provider.on('server_error', (_ctx, error) => log.error({ err: error }, 'a token could not be given'))
  checkSecretsBy(provider, async (keyId, secret, request) => {
    if (readApiKey(secret)?.keyId !== keyId) return false
    const caller = await authenticate(`Bearer ${secret}`, addresses.get(request)!).catch((error: { code?: string }) => {
      if (['UNAUTHENTICATED', 'FORBIDDEN', 'RATE_LIMITED'].includes(error.code ?? '')) return undefined
      throw error
    })
    if (caller) callers.set(request, caller)
    return caller !== undefined
  })
  const answer = provider.callback()
  http.register(async (scope) => {
    // The library reads the body itself.
    scope.addContentTypeParser('application/x-www-form-urlencoded', (_request, _body, done) => done(null))
    scope.all(`${PATH}/*`, (request, reply) => {
      addresses.set(request.raw, request.ip)
      reply.hijack()
      void answer(request.raw, reply.raw)
    })
  })
}

/** Any well-formed id may belong to a client; the secret decides. Tokens are not stored: their signature proves them. */
const keyHolders = (alg: 'EdDSA' | 'ES256'): Adapter => ({
  find: async (id): Promise<AdapterPayload | undefined> =>
    /^[0-9A-Za-z]{12}$/.test(id)
      ? {
          client_id: id,
          client_secret: 'checked elsewhere',
          grant_types: ['client_credentials'],
          redirect_uris: [],
          response_types: [],
          token_endpoint_auth_method: 'client_secret_basic',
          id_token_signed_response_alg: alg,
        }
      : undefined,
  findByUid: async () => undefined,
  findByUserCode: async () => undefined,
  upsert: async () => undefined,
  consume: async () => undefined,
  destroy: async () => undefined,
  revokeByGrantId: async () => undefined,
})

type Check = (keyId: string, secret: string, request: object) => Promise<boolean>
type Secretive = { prototype: { clientId: string; compareClientSecret: (secret: string) => Promise<boolean> } }

/** We keep hashes of secrets only, so the library cannot compare them by itself. */
function checkSecretsBy(provider: Provider, check: Check): void {
  const { prototype } = provider.Client as unknown as Secretive
  prototype.compareClientSecret = function compareClientSecret(secret) {
    return check(this.clientId, secret, Provider.ctx!.req)
  }
}
