import type { Log } from '@renmai/platform/serve/log'
import { request } from 'undici'
import { z } from 'zod'
import type { Settings } from '../config.ts'

/** The OIDC provider, as the explorer's page needs it. */
export type SignInProvider = {
  issuer: string
  authorizationEndpoint: string
  tokenEndpoint: string
  /** Whether its answers name it (RFC 9207). */
  namesIssuer: boolean
  clientId: string
  scope: string
  params: string
}

/** Finds the provider; undefined when there is none to sign in at, or when it does not answer now. */
export type FindProvider = () => Promise<SignInProvider | undefined>

const KEPT_MS = 600_000
const TIMEOUT_MS = 3_000

const Metadata = z.object({
  issuer: z.string(),
  authorization_endpoint: z.url({ protocol: /^https?$/ }),
  token_endpoint: z.url({ protocol: /^https?$/ }),
  authorization_response_iss_parameter_supported: z.boolean().default(false),
})

/**
 * Reads the provider's discovery document, and keeps it for ten minutes. The page does not read it itself: its policy must name the
 * host of the token endpoint before it is loaded.
 */
export function findProviderBy(settings: Settings, log: Log): FindProvider {
  const { OIDC_ISSUER: issuer, EXPLORER_CLIENT_ID: clientId, EXPLORER_SCOPE: scope, EXPLORER_PARAMS: params = '' } = settings
  let kept: { provider: SignInProvider; until: number } | undefined
  if (!clientId) return async () => undefined
  return async () => {
    if (kept && performance.now() < kept.until) return kept.provider
    try {
      const found = await discover(issuer)
      const provider = { ...found, clientId, scope, params }
      kept = { provider, until: performance.now() + KEPT_MS }
      return provider
    } catch (error) {
      log.warn({ reason: (error as Error).message, issuer }, 'the identity provider cannot be discovered; the explorer offers no sign-in')
      return kept?.provider
    }
  }
}

/** @throws Error when it does not answer, or names another issuer (OpenID Connect Discovery 4.3) */
async function discover(issuer: string) {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`
  const { statusCode, body } = await request(url, { headersTimeout: TIMEOUT_MS, bodyTimeout: TIMEOUT_MS })
  const text = await body.text()
  if (statusCode !== 200) throw new Error(`${url} answers ${statusCode}`)
  const found = Metadata.parse(JSON.parse(text))
  if (found.issuer !== issuer) throw new Error(`${url} names another issuer`)
  return {
    issuer,
    authorizationEndpoint: found.authorization_endpoint,
    tokenEndpoint: found.token_endpoint,
    namesIssuer: found.authorization_response_iss_parameter_supported,
  }
}
