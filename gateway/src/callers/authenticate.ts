import type { Msg } from '@nats-io/nats-core'
import { ask } from '@renmai/platform/events/ask'
import { type Bus, subjectOf } from '@renmai/platform/events/bus'
import { digestSecret, readApiKey } from '@renmai/platform/secrets/api-key'
import { AppError } from '@renmai/platform/serve/errors'
import { isId } from '@renmai/platform/serve/ids'
import type { Viewer } from '@renmai/platform/serve/viewer'
import { ApiClientChangedSchema, StaffChangedSchema } from '@renmai/proto/identity/v1/events'
import { type AuthenticateClientResponse, IdentityService } from '@renmai/proto/identity/v1/identity_service'
import { createRemoteJWKSet, type JWTVerifyGetKey, jwtVerify } from 'jose'
import { z } from 'zod'
import type { Settings } from '../config.ts'
import { namedPlan, type Plan, planOf } from '../cost/plan.ts'
import { isUnstorable } from '../documents/limits.ts'
import { createLookUps } from './look-ups.ts'
import { createMemory, type Memory } from './memory.ts'
import { readIssued } from './read-issued.ts'

/** The viewer of a request, its budget, and whether it sees the public schema only. */
export type Caller = Viewer & { readonly plan: Plan; readonly isPartner: boolean }

/** Finds the caller by an Authorization header and the address that sent it. */
export type Authenticate = (header: string | undefined, address: string) => Promise<Caller>

/** Subjects of the events that identity publishes when permissions change. */
export const CHANGES = [StaffChangedSchema, ApiClientChangedSchema].map(({ typeName }) => subjectOf(typeName, 'identity', '*'))

const ALGORITHMS = ['ES256', 'EdDSA', 'RS256', 'PS256']

// One refusal for every reason: a caller cannot find out which ids exist.
const refused = () => new AppError('UNAUTHENTICATED', 'Send a valid access token or API key as Authorization: Bearer')

/**
 * Staff authenticate by an access token of the company's OIDC provider, partners by an API key. The gateway requests their
 * permissions from identity and remembers them for 30 seconds. When identity publishes a change, the gateway forgets them
 * immediately and requests them again; a gateway that missed the event follows when it forgets.
 */
export function createAuthenticate(bus: Bus, settings: Settings): Authenticate {
  const keys = createRemoteJWKSet(new URL(settings.OIDC_JWKS_URL), {
    timeoutDuration: 3_000,
    cooldownDuration: 30_000,
    cacheMaxAge: 600_000,
  })
  // Two memories, so that claims of a foreign issuer's token never name a remembered client.
  const [clients, staff] = [createMemory<Caller>(), createMemory<Caller>()]
  forgetChanged(bus, clients)
  forgetChanged(bus, staff)
  // A page sends the same token with every request: the signature is checked once while it is remembered, the end each time.
  const tokens = createMemory<Claims>({ endOf: ({ exp }) => exp * 1_000 })
  const issued = readIssued(settings)
  const [lookUps, staffPlan] = [createLookUps(), planOf(settings.STAFF_POINTS_PER_SECOND)]
  return async (header, address) => {
    const token = /^Bearer ([^\s,]+)$/i.exec(header ?? '')?.[1]
    if (!token) throw refused()
    if (token.startsWith('rm_'))
      return clients.recall(['key', token, address], () => lookUps.run(token, () => authenticateClient(bus, token, address)))
    if (issued?.isOurs(token)) {
      const { tid, client_id: keyId, scope } = await issued.read(token)
      const find = async () => narrow(await authorizeKey(bus, tid, keyId, address), scope)
      return clients.recall(['token', tid, keyId, scope ?? '', address], find)
    }
    const { sub, tid } = await tokens.recall([token], () => verifyToken(keys, token, settings))
    return staff.recall([tid, sub], async () => ({ ...(await authorizeStaff(bus, tid, sub)), plan: staffPlan, isPartner: false }))
  }
}

/** Forgets all callers of a tenant in which permissions changed. That is rare, and finding one again takes a millisecond. */
export function forgetChanged(bus: Bus, callers: Memory<Caller>): void {
  const callback = (_error: Error | null, { subject }: Msg) =>
    callers.forget(({ tenantId }) => tenantId === subject.slice(subject.lastIndexOf('.') + 1))
  for (const subject of CHANGES) bus.nats.subscribe(subject, { callback })
}

const Subject = z
  .string()
  .min(1)
  .max(255)
  .refine((subject) => !isUnstorable(subject))
/** An issuer may write any text into a claim; only the one spelling of a tenant's id is accepted. */
const Claims = z.object({ sub: Subject, tid: z.string().refine(isId), exp: z.number() })
type Claims = z.output<typeof Claims>

async function verifyToken(keys: JWTVerifyGetKey, token: string, settings: Settings): Promise<Claims> {
  const { payload } = await jwtVerify(token, keys, {
    issuer: settings.OIDC_ISSUER,
    audience: settings.OIDC_AUDIENCE,
    algorithms: ALGORITHMS,
    typ: 'at+jwt',
    requiredClaims: ['exp', 'iat', 'sub', 'tid'],
    maxTokenAge: '15m',
    clockTolerance: 5,
  }).catch((error) => {
    throw error?.code === 'ERR_JWKS_TIMEOUT'
      ? new AppError('UNAVAILABLE', 'The identity provider does not answer', undefined, { cause: error })
      : refused()
  })
  const claims = Claims.safeParse(payload)
  if (!claims.success) throw refused()
  return claims.data
}

async function authenticateClient(bus: Bus, token: string, address: string): Promise<Caller> {
  const key = readApiKey(token)
  if (!key) throw refused()
  const { tenantId, keyId, secret } = key
  const answer = await ask(bus, IdentityService.method.authenticateClient, {
    tenantId,
    keyId,
    secretDigest: digestSecret(secret),
    address,
  })
  return toCaller(tenantId, answer)
}

async function authorizeKey(bus: Bus, tenantId: string, keyId: string, address: string): Promise<Caller> {
  return toCaller(tenantId, await ask(bus, IdentityService.method.authorizeApiKey, { tenantId, keyId, address }))
}

type Found = Omit<AuthenticateClientResponse, '$typeName'>

function toCaller(tenantId: string, { clientId, scopes, plan, isPartner, isAddressRefused }: Found): Caller {
  if (isAddressRefused) throw new AppError('FORBIDDEN', 'This key may not be used from this address; add it to the allowed ones')
  if (!clientId) throw refused()
  return { kind: 'CLIENT', id: clientId, tenantId, scopes: new Set(scopes), plan: namedPlan(plan), isPartner }
}

/** A token may have fewer scopes than its client, never more. */
function narrow(caller: Caller, scope: string | undefined): Caller {
  const wanted = scope?.split(' ')
  return wanted ? { ...caller, scopes: new Set(wanted.filter((one) => caller.scopes.has(one))) } : caller
}

async function authorizeStaff(bus: Bus, tenantId: string, subject: string): Promise<Viewer> {
  const { staffId, scopes } = await ask(bus, IdentityService.method.authorizeStaff, { tenantId, subject })
  if (!staffId) throw refused()
  return { kind: 'STAFF', id: staffId, tenantId, scopes: new Set(scopes) }
}
