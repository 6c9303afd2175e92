import { createHmac, createSecretKey, hash, type KeyObject, timingSafeEqual, type webcrypto } from 'node:crypto'
import { jwtVerify } from 'jose'
import { AppError } from './errors.ts'
import { isId } from './ids.ts'

/** The caller of a request. Its tenant is the only tenant that the request can see. */
export type Viewer = {
  readonly kind: 'STAFF' | 'CLIENT' | 'SERVICE'
  readonly id: string
  readonly tenantId: string
  readonly scopes: ReadonlySet<string>
}

const ISSUER = 'renmai-gateway'
const LIFETIME_S = 60

/** Name of a policy among the scopes of a viewer: with a space, which no scope can contain. */
export const policyKey = (policy: string): string => `policy ${policy}`

const granted = new WeakMap<Viewer, ReadonlySet<string>>()

/** The scopes of a viewer, and the policy that its kind gives: `staff`, `client` or `service`. */
export function grantsOf(viewer: Viewer): ReadonlySet<string> {
  const known = granted.get(viewer)
  if (known) return known
  const grants = new Set([...viewer.scopes, policyKey(viewer.kind.toLowerCase())])
  granted.set(viewer, grants)
  return grants
}

/**
 * @param scope a scope, or a policy by its key
 * @throws AppError FORBIDDEN when the viewer lacks it
 */
export function requireScope(viewer: Viewer, scope: string): void {
  if (!grantsOf(viewer).has(scope)) throw new AppError('FORBIDDEN', `This needs the ${scope.includes(' ') ? '' : 'scope '}${scope}`)
}

/** A secret that the gateway shares with one subgraph, and the first part of every token that it signs. */
export type Signer = { readonly key: KeyObject; readonly header: string }
/** The valid secrets of a subgraph, by their names in tokens. */
export type Verifier = ReadonlyMap<string, webcrypto.CryptoKey>

export const MIN_SECRET_LENGTH = 32

export function createSigner(secret: string): Signer {
  const header = encode({ alg: 'HS256', typ: 'viewer+jwt', kid: nameOf(secret) })
  return { key: createSecretKey(Buffer.from(secret)), header }
}

/** @param secrets one, or the new and the old one separated by a comma: while a secret is being replaced, both are valid */
export async function createVerifier(secrets: string): Promise<Verifier> {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const keys = secrets.split(',').map(async (secret) => {
    const key = await crypto.subtle.importKey('raw', Buffer.from(secret), algorithm, false, ['verify'])
    return [nameOf(secret), key] as const
  })
  return new Map(await Promise.all(keys))
}

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Identifies a secret without disclosing it: secrets are too long to be guessed from it. */
const nameOf = (secret: string) => digest(`internal|${secret}`).slice(0, 16)

const digest = (body: string) => hash('sha256', body, 'base64url')

/** The claims of a token about a viewer. They are the same for each of its requests. */
const claims = new WeakMap<Viewer, string>()

function claimsOf(viewer: Viewer): string {
  const known = claims.get(viewer)
  if (known) return known
  const { tenantId: tid, kind, id: sub, scopes } = viewer
  const text = JSON.stringify({ iss: ISSUER, tid, kind, sub, scope: [...scopes].join(' ') }).slice(1, -1)
  claims.set(viewer, text)
  return text
}

/**
 * The token by which the gateway names the caller to one subgraph: HMAC-SHA-256, 60 seconds, for that subgraph and this
 * body only. With a stolen token an attacker can repeat that request, and send no other. The gateway shares a secret
 * with each subgraph, because it makes a token for every sub-request: a signature with a private key took a quarter of
 * its time. Node itself signs (RFC 7515, compact): a library that passes each token to another thread takes twice as
 * long.
 */
export function signViewer({ key, header }: Signer, viewer: Viewer, audience: string, body: string, now: Date): string {
  const iat = Math.floor(now.getTime() / 1000)
  // A digest and names of subgraphs contain no characters that JSON escapes.
  const payload = `{${claimsOf(viewer)},"aud":"${audience}","body":"${digest(body)}","iat":${iat},"exp":${iat + LIFETIME_S}}`
  const signed = `${header}.${Buffer.from(payload).toString('base64url')}`
  return `${signed}.${createHmac('sha256', key).update(signed).digest('base64url')}`
}

/** @throws AppError UNAUTHENTICATED unless the gateway made the token for this subgraph and body within the last minute */
export async function verifyViewer(verifier: Verifier, token: string, audience: string, body: string): Promise<Viewer> {
  const findKey = ({ kid = '' }: { kid?: string }) => {
    const key = verifier.get(kid)
    if (!key) throw new Error('made with another secret')
    return key
  }
  const { payload } = await jwtVerify(token, findKey, {
    issuer: ISSUER,
    audience,
    algorithms: ['HS256'],
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
