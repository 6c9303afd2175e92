import { createHash, createPrivateKey, type JsonWebKey, type KeyObject, sign, timingSafeEqual } from 'node:crypto'
import { calculateJwkThumbprint, createLocalJWKSet, type JWK, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { AppError } from './errors.ts'
import { isId } from './ids.ts'

/** Who asks. Its tenant is the only tenant that the request can see. */
export type Viewer = {
  readonly kind: 'STAFF' | 'CLIENT' | 'SERVICE'
  readonly id: string
  readonly tenantId: string
  readonly scopes: ReadonlySet<string>
}

const ISSUER = 'renmai-gateway'
const LIFETIME_S = 60

/** @throws AppError FORBIDDEN when the viewer lacks the scope */
export function requireScope(viewer: Viewer, scope: string): void {
  if (!viewer.scopes.has(scope)) throw new AppError('FORBIDDEN', `This needs the scope ${scope}`)
}

/** A private key, and the first part of every token that it signs: it names the public half (RFC 7638). */
export type Signer = { readonly key: KeyObject; readonly header: string }

export async function importSigner(jwk: string): Promise<Signer> {
  const parsed = JSON.parse(jwk) as JWK
  const header = encode({ alg: 'EdDSA', typ: 'viewer+jwt', kid: await calculateJwkThumbprint(parsed) })
  return { key: createPrivateKey({ key: parsed as JsonWebKey, format: 'jwk' }), header }
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** @param text one public key (JWK), or several (JWKS): while a key is being replaced the old one and the new one are good */
export async function importVerifier(text: string): Promise<JWTVerifyGetKey> {
  const parsed = JSON.parse(text) as JWK & { keys?: JWK[] }
  const keys = (parsed.keys ?? [parsed]).map(async (key) => ({ ...key, alg: 'EdDSA', kid: await calculateJwkThumbprint(key) }))
  return createLocalJWKSet({ keys: await Promise.all(keys) })
}

const digest = (body: string) => createHash('sha256').update(body).digest('base64url')

/**
 * The token by which the gateway tells one subgraph who asks: EdDSA, 60 seconds, for that subgraph and this body only. Who
 * gets hold of one can repeat that request, and make no other. Signed by Node itself (RFC 7515, compact): a library that
 * hands each signature to another thread takes twice the CPU, and the gateway signs one for every sub-request.
 */
export function signViewer({ key, header }: Signer, viewer: Viewer, audience: string, body: string, now: Date): string {
  const iat = Math.floor(now.getTime() / 1000)
  const scope = [...viewer.scopes].join(' ')
  const claims = { tid: viewer.tenantId, kind: viewer.kind, scope, body: digest(body) }
  const payload = encode({ ...claims, iss: ISSUER, aud: audience, sub: viewer.id, iat, exp: iat + LIFETIME_S })
  return `${header}.${payload}.${sign(null, Buffer.from(`${header}.${payload}`), key).toString('base64url')}`
}

/** @throws AppError UNAUTHENTICATED unless the gateway signed the token for this subgraph and body within the last minute */
export async function verifyViewer(verifier: JWTVerifyGetKey, token: string, audience: string, body: string): Promise<Viewer> {
  const { payload } = await jwtVerify(token, verifier, {
    issuer: ISSUER,
    audience,
    algorithms: ['EdDSA'],
    typ: 'viewer+jwt',
    requiredClaims: ['exp', 'iat', 'sub', 'tid', 'kind', 'body'],
    maxTokenAge: `${LIFETIME_S}s`,
    clockTolerance: 5,
  }).catch((error) => {
    throw new AppError('UNAUTHENTICATED', 'The internal token is missing or not valid', undefined, { cause: error })
  })
  const { sub, tid, kind, scope, body: bound } = payload as { sub: string; tid: string; kind: Viewer['kind']; scope?: string; body: string }
  const [given, actual] = [Buffer.from(String(bound)), Buffer.from(digest(body))]
  if (given.length !== actual.length || !timingSafeEqual(given, actual))
    throw new AppError('UNAUTHENTICATED', 'The internal token was made for another request')
  if (!isId(tid)) throw new AppError('UNAUTHENTICATED', 'The internal token names no tenant')
  return { kind, id: sub, tenantId: tid, scopes: new Set((scope ?? '').split(' ').filter(Boolean)) }
}
