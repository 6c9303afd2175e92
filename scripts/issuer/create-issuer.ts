import { randomBytes } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'
import { exportJWK, generateKeyPair } from 'jose'
import Provider, { type ClientMetadata, type Configuration, errors, interactionPolicy, type KoaContextWithOIDC } from 'oidc-provider'
import { CHOOSE_HEADERS, choosePage } from './choose-page.ts'
import { APP, AUDIENCE, EXPLORER } from './clients.ts'
import { accountOf, type Person, type ReadPeople } from './people.ts'

const TOKEN_SECONDS = 600
const CODE_SECONDS = 60
const DAY_SECONDS = 86_400
const LOGIN = '/login/'

export type IssuerOptions = {
  issuer: string
  /** The login of scripts, with a secret; it is the owner of its tenant. */
  login: { clientId: string; clientSecret: string; tenantId: string }
  /** Exact addresses that an application may be sent back to, by client id. */
  redirectUris: Record<typeof EXPLORER | typeof APP, string[]>
  people: ReadPeople
}

/**
 * An OIDC provider for development, in place of the company's own. It signs people in by the authorization code flow with PKCE, on
 * a page where one clicks who to be, and the development login by client credentials. Access tokens are ES256 (RFC 9068).
 */
export async function createIssuer(options: IssuerOptions): Promise<Server> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' }
  const provider = new Provider(options.issuer, { ...configurationOf(options), jwks: { keys: [jwk] } })
  const answer = provider.callback()
  return createServer((request, response) => {
    if (request.url?.startsWith(LOGIN)) void choose(provider, options, request, response)
    else void answer(request, response)
  })
}

function configurationOf({ login, redirectUris, people }: IssuerOptions): Configuration {
  const find = async (account: string) => (await people()).find((one) => accountOf(one) === account)
  return {
    clients: [scriptClient(login), ...Object.entries(redirectUris).map(([id, uris]) => appClient(id, uris))],
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    // Tokens do not end with the page's session, since each sign-in chooses a person.
    expiresWithSession: () => false,
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed('refresh_token'),
    clientBasedCORS: (_ctx, origin, client) => (client.redirectUris ?? []).some((uri) => new URL(uri).origin === origin),
    claims: { openid: ['sub', 'tid'], profile: ['name'] },
    conformIdTokenClaims: false,
    ttl: {
      AccessToken: TOKEN_SECONDS,
      ClientCredentials: TOKEN_SECONDS,
      IdToken: TOKEN_SECONDS,
      AuthorizationCode: CODE_SECONDS,
      Interaction: DAY_SECONDS,
      Session: DAY_SECONDS,
      Grant: DAY_SECONDS,
      RefreshToken: DAY_SECONDS,
    },
    interactions: { url: (_ctx, { uid }) => `${LOGIN}${uid}`, policy: alwaysChoose() },
    loadExistingGrant: grantAll,
    findAccount: async (_ctx, account) => {
      const person = await find(account)
      return person && { accountId: account, claims: () => ({ sub: account, tid: person.tenantId, name: person.name }) }
    },
    features: {
      devInteractions: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      clientCredentials: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => AUDIENCE,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: '',
          audience: AUDIENCE,
          accessTokenTTL: TOKEN_SECONDS,
          accessTokenFormat: 'jwt',
          jwt: { sign: { alg: 'ES256' } },
        }),
      },
    },
    formats: {
      customizers: {
        jwt: async (ctx, token, jwt) => {
          const account = 'accountId' in token ? token.accountId : undefined
          const person = account ? await find(account) : await ownerFor(ctx, login, people)
          if (!person) throw new errors.InvalidRequest('no active member of staff')
          Object.assign(jwt.payload, { sub: person.subject, tid: person.tenantId })
        },
      },
    },
  }
}

const scriptClient = ({ clientId, clientSecret }: IssuerOptions['login']): ClientMetadata => ({
  client_id: clientId,
  client_secret: clientSecret,
  grant_types: ['client_credentials'],
  id_token_signed_response_alg: 'ES256',
  redirect_uris: [],
  response_types: [],
})

/** Without a secret, so PKCE is required; the library knows S256 only, and compares addresses as texts. */
const appClient = (id: string, uris: string[]): ClientMetadata => ({
  client_id: id,
  client_name: id,
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  id_token_signed_response_alg: 'ES256',
  redirect_uris: uris,
  response_types: ['code'],
})

/** The person of client credentials: the login itself in its tenant; the first owner in the tenant that the request names. */
async function ownerFor(ctx: KoaContextWithOIDC, { clientId, tenantId }: IssuerOptions['login'], people: ReadPeople) {
  const wanted = (ctx.oidc.body as { tenant?: unknown } | undefined)?.tenant
  if (wanted === undefined || wanted === tenantId) return { subject: clientId, tenantId }
  const staff = (await people()).filter((one) => one.tenantId === wanted)
  return staff.find(({ subject }) => subject === clientId) ?? staff.find(({ roles }) => roles.includes('OWNER'))
}

/** An application of a developer gets what it requests, without a page of consent. */
const grantAll: NonNullable<Configuration['loadExistingGrant']> = async (ctx) => {
  const { provider, client, session, params } = ctx.oidc
  const grant = new provider.Grant({ clientId: client!.clientId, accountId: session!.accountId! })
  grant.addOIDCScope(String(params?.scope ?? 'openid'))
  grant.addResourceScope(AUDIENCE, '')
  await grant.save()
  return grant
}

/** A person who signed in before is shown the page again: developers change who they are. There is no page of consent. */
function alwaysChoose() {
  const { base, Check } = interactionPolicy
  const policy = base()
  policy
    .get('login')!
    .checks.add(
      new Check('no_choice', 'a person is chosen at each sign-in', 'login_required', ({ oidc }) =>
        oidc.result?.login ? Check.NO_NEED_TO_PROMPT : Check.REQUEST_PROMPT,
      ),
    )
  policy.remove('consent')
  return policy
}

async function choose(provider: Provider, { people }: IssuerOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const { params, prompt } = await provider.interactionDetails(request, response)
    const all = await people()
    const hinted = request.method === 'POST' || prompt.reasons.includes('login_prompt') ? undefined : params.login_hint
    const who = request.method === 'POST' ? new URLSearchParams(await text(request)).get('who') : hinted
    const person = all.find((one) => accountOf(one) === who)
    if (person) return await finish(provider, person, request, response)
    response.writeHead(200, CHOOSE_HEADERS).end(choosePage(all, String(params.client_id)))
  } catch {
    response.writeHead(400, CHOOSE_HEADERS).end('<p>This sign-in has ended. Begin again in the application.</p>')
  }
}

const finish = (provider: Provider, person: Person, request: IncomingMessage, response: ServerResponse) =>
  provider.interactionFinished(request, response, { login: { accountId: accountOf(person) } }, { mergeWithLastSubmission: false })
