import { AppError } from '@renmai/platform/serve/errors'
import { isId } from '@renmai/platform/serve/ids'
import { createLocalJWKSet, decodeJwt, type JWK, jwtVerify } from 'jose'
import { z } from 'zod'
import { createMemory } from './memory.ts'

/** The audience of our own tokens. */
export const AUDIENCE = 'urn:renmai:api'

/** Claims of our own tokens: the public part of a key, its tenant, and scopes when they are fewer than those of the client. */
const Claims = z.object({ client_id: z.string(), tid: z.string().refine(isId), scope: z.string().optional(), exp: z.number() })
export type IssuedClaims = z.output<typeof Claims>

export type Issued = {
  /** Whether a token names us as its issuer. Its signature is not checked here. */
  isOurs: (token: string) => boolean
  /** @throws AppError UNAUTHENTICATED unless we issued the token and it is valid */
  read: (token: string) => Promise<IssuedClaims>
}

export type IssuerSettings = { OAUTH_ISSUER?: string | undefined; OAUTH_PRIVATE_KEYS?: string | undefined }

/** @throws Error when there is an issuer and no key */
export function readKeys({ OAUTH_ISSUER, OAUTH_PRIVATE_KEYS }: IssuerSettings): JWK[] {
  const { keys = [] } = JSON.parse(OAUTH_PRIVATE_KEYS ?? '{}') as { keys?: JWK[] }
  if (OAUTH_ISSUER && keys.length === 0) throw new Error('OAUTH_ISSUER needs OAUTH_PRIVATE_KEYS, a JWKS with a private key')
  return keys
}

const refused = () => new AppError('UNAUTHENTICATED', 'Send a valid access token or API key as Authorization: Bearer')

/** Reads the tokens that we issue to API clients; undefined when we issue none. */
export function readIssued(settings: IssuerSettings): Issued | undefined {
  const issuer = settings.OAUTH_ISSUER
  if (!issuer) return undefined
  const keys = createLocalJWKSet({ keys: readKeys(settings).map(({ kty, crv, x, y, alg, kid }) => ({ kty, crv, x, y, alg, kid }) as JWK) })
  const { recall } = createMemory<IssuedClaims>({ endOf: ({ exp }) => exp * 1_000 })
  const read = async (token: string) => {
    const { payload } = await jwtVerify(token, keys, {
      issuer,
      audience: AUDIENCE,
      algorithms: ['EdDSA', 'ES256'],
      typ: 'at+jwt',
      requiredClaims: ['exp', 'iat', 'client_id', 'tid'],
      maxTokenAge: '15m',
      clockTolerance: 5,
    }).catch(() => {
      throw refused()
    })
    const claims = Claims.safeParse(payload)
    if (!claims.success) throw refused()
    return claims.data
  }
  const isOurs = (token: string) => {
    try {
      return decodeJwt(token).iss === issuer
    } catch {
      return false
    }
  }
  return { isOurs, read: (token) => recall([token], () => read(token)) }
}
