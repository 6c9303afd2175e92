import { createHash, randomBytes } from 'node:crypto'
import { Writable } from 'node:stream'
import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { baseSettings, parseConfig } from '../serve/config.ts'
import { idFrom, isId, newId, timeOfId } from '../serve/ids.ts'
import { createLog } from '../serve/log.ts'
import { canonical } from '../serve/mutate.ts'
import { Cursors } from '../serve/page.ts'
import { createSigner, createVerifier, signViewer, verifyViewer } from '../serve/viewer.ts'
import { testViewer } from '../testing/viewers.ts'
import { createApiKey, readApiKey } from './api-key.ts'
import { blindIndex, open, parseKeyRing, seal } from './crypto.ts'

const tenant = newId()
const key = () => randomBytes(32).toString('base64')

describe('config', () => {
  it('names every wrong setting at once and never their values', () => {
    const failing = () => parseConfig(baseSettings, { DATABASE_URL: 'hunter2', PORT: 'eighty' })
    expect(failing).toThrow(/DATABASE_URL[\s\S]*RELAY_DATABASE_URL|RELAY_DATABASE_URL[\s\S]*DATABASE_URL/)
    expect(failing).toThrow(/PORT/)
    expect(failing).not.toThrow(/hunter2/)
  })

  it('has no default for a secret', () => {
    const secrets = ['INTERNAL_SECRETS', 'DATABASE_URL', 'RELAY_DATABASE_URL'] as const
    for (const name of secrets) expect(baseSettings.shape[name].safeParse(undefined).success).toBe(false)
    expect(parseConfig(z.object({ A: z.string() }), { A: 'x' })).toEqual({ A: 'x' })
  })
})

describe('logs', () => {
  it('never contain canary secrets or personal data, wherever they stand', async () => {
    const canaries = [
      'canary-password',
      'canary-token',
      '13912345678',
      'canary@mail.example',
      'rm_live_0199f000000070008000000000000001_abcdefghijkl_secretsecret_00000000',
    ]
    let text = ''
    const sink = new Writable({ write: (chunk, _encoding, done) => ((text += chunk), done()) })
    const log = createLog('test', 'debug', sink)
    log.info(
      { password: canaries[0], deep: { token: canaries[1], phone: canaries[2], list: { email: canaries[3] } } },
      `user ${canaries[3]} called ${canaries[2]}`,
    )
    log.error(
      { err: new Error(`postgres://u:${canaries[0]}@db failed for ${canaries[3]} with Bearer ${canaries[1]} and ${canaries[4]}`) },
      'failed',
    )
    expect(text).toContain('[redacted]')
    for (const canary of canaries) expect(text).not.toContain(canary)
  })

  it.each([
    ['Invalid Opening Quote: a quote is found on field "nm" at line 2, value is "王私密先生"', 'value is "[redacted]"'],
    [`Unexpected token '王', "王私密" is not valid JSON`, 'is not valid JSON'],
    ['Unexpected token in "Li Secret, 5 Road"', 'Unexpected token in "[redacted]"'],
    ['column "tenant_id" does not exist', 'column "tenant_id" does not exist'],
  ])('quote of the message of a library no text that it was given: %s', (message, wanted) => {
    let text = ''
    const log = createLog('test', 'debug', new Writable({ write: (chunk, _encoding, done) => ((text += chunk), done()) }))
    log.error({ err: new SyntaxError(message) }, 'failed')
    const { err } = JSON.parse(text) as { err: { message: string; stack: string } }
    expect(err.message).toContain(wanted)
    for (const part of ['王', '私密', 'Secret']) expect(`${err.message}${err.stack}`).not.toContain(part)
  })
})

describe('sealed data', () => {
  const ring = parseKeyRing(JSON.stringify({ current: 2, keys: { 1: key(), 2: key() } }))

  it('opens only in the place, tenant and key ring it was sealed for', () => {
    const sealed = seal(ring, tenant, 'cards.phone|p1', '+8613912345678')
    expect(open(ring, tenant, 'cards.phone|p1', sealed)).toBe('+8613912345678')
    expect(() => open(ring, tenant, 'cards.phone|p2', sealed)).toThrow()
    expect(() => open(ring, newId(), 'cards.phone|p1', sealed)).toThrow()
    const changed = Buffer.from(sealed)
    changed[changed.length - 1]! ^= 1
    expect(() => open(ring, tenant, 'cards.phone|p1', changed)).toThrow()
  })

  it('of an older key version still opens after the ring moved on', () => {
    const keys = { 1: key(), 2: key() }
    const old = seal(parseKeyRing(JSON.stringify({ current: 1, keys })), tenant, 'x', 'text')
    expect(open(parseKeyRing(JSON.stringify({ current: 2, keys })), tenant, 'x', old)).toBe('text')
  })

  it('is found by a blind index that differs per tenant and namespace', () => {
    const index = blindIndex(ring, tenant, 'phone', '+86139').toString('hex')
    expect(blindIndex(ring, tenant, 'phone', '+86139').toString('hex')).toBe(index)
    expect(blindIndex(ring, newId(), 'phone', '+86139').toString('hex')).not.toBe(index)
    expect(blindIndex(ring, tenant, 'email', '+86139').toString('hex')).not.toBe(index)
  })
})

describe('cursors', () => {
  const cursors = new Cursors('k'.repeat(32))
  const rows = (...keys: string[]) => keys.map((key) => ({ node: key, key }))
  const nobody = async () => 0
  const list = cursors.connection(rows('a', 'b', 'c'), cursors.read({ first: 2 }, tenant), tenant, nobody)

  it('lead to the next page and to the one before', () => {
    const { startCursor, endCursor, ...info } = list.pageInfo
    expect([list.nodes, info]).toEqual([['a', 'b'], { hasNextPage: true, hasPreviousPage: false }])
    expect(cursors.read({ first: 2, after: endCursor }, tenant)).toEqual({ limit: 2, from: 'b', isBackward: false })
    const back = cursors.read({ last: 2, before: startCursor }, tenant)
    expect(back).toEqual({ limit: 2, from: 'a', isBackward: true })
    const before = cursors.connection(rows('9', '8', '7'), back, tenant, nobody)
    expect([before.nodes, before.pageInfo.hasNextPage, before.pageInfo.hasPreviousPage]).toEqual([['8', '9'], true, true])
    expect(cursors.connection([], back, tenant, nobody).pageInfo).toEqual({
      hasNextPage: true,
      hasPreviousPage: false,
      startCursor: null,
      endCursor: null,
    })
  })

  it('that are forged, cut or of another tenant are refused', () => {
    for (const after of ['x', `${Buffer.from('a').toString('base64url')}.forged`, list.pageInfo.endCursor!.slice(0, -1)]) {
      expect(() => cursors.read({ after }, tenant)).toThrow(/cursor/)
      expect(() => cursors.read({ before: after }, tenant)).toThrow(/cursor/)
    }
    expect(() => cursors.read({ after: list.pageInfo.endCursor }, newId())).toThrow(/cursor/)
  })

  it('come in pages of 1 to 100, in one direction', () => {
    for (const size of [0, -1, 101, 99_999_999]) {
      expect(() => cursors.read({ first: size }, tenant)).toThrow(/first must be 1 to 100/)
      expect(() => cursors.read({ last: size }, tenant)).toThrow(/last must be 1 to 100/)
    }
    for (const both of [
      { first: 1, last: 1 },
      { first: 1, before: 'x' },
      { last: 1, after: 'x' },
    ])
      expect(() => cursors.read(both, tenant)).toThrow(/first and after, or last and before/)
    expect(cursors.read({ first: null, after: null, last: null, before: null }, tenant)).toEqual({ limit: 20, isBackward: false })
  })
})

describe('API keys', () => {
  it('are read back, and one changed character is found without asking anybody', () => {
    const { text, tenantId, keyId, secret } = createApiKey(tenant)
    expect(readApiKey(text)).toEqual({ tenantId, keyId, secret })
    for (const at of [12, 50, 70, text.length - 1]) {
      const other = text[at] === 'a' ? 'b' : 'a'
      expect(readApiKey(text.slice(0, at) + other + text.slice(at + 1))).toBeUndefined()
    }
  })
})

describe('internal tokens', () => {
  const [secret, next] = ['s'.repeat(32), 'n'.repeat(32)]
  const refused = { code: 'UNAUTHENTICATED' }

  it('are good for one subgraph, one request and one minute', async () => {
    const [signer, verifier] = [createSigner(secret), await createVerifier(secret)]
    const viewer = testViewer(tenant, ['a', 'b'])
    const token = signViewer(signer, viewer, 'identity', '{"query":"{ a }"}', new Date())
    expect(await verifyViewer(verifier, token, 'identity', '{"query":"{ a }"}')).toEqual(viewer)
    await expect(verifyViewer(verifier, token, 'campaign', '{"query":"{ a }"}')).rejects.toMatchObject(refused)
    await expect(verifyViewer(verifier, token, 'identity', '{"query":"{ b }"}')).rejects.toMatchObject(refused)
    const old = signViewer(signer, viewer, 'identity', '', new Date(Date.now() - 120_000))
    await expect(verifyViewer(verifier, old, 'identity', '')).rejects.toMatchObject(refused)
  })

  it('say of a viewer what there is to say, whatever it holds', async () => {
    const viewer = { ...testViewer(tenant, ['a']), id: '"},{\\"tid":"\u2028' }
    const token = signViewer(createSigner(secret), viewer, 'identity', '', new Date())
    expect(await verifyViewer(await createVerifier(secret), token, 'identity', '')).toEqual(viewer)
  })

  it('are good by the old secret and the new one while it is replaced, and by the new one only after', async () => {
    const [before, after] = [secret, next].map((one) => signViewer(createSigner(one), testViewer(tenant, []), 'identity', '', new Date()))
    const both = await createVerifier(`${next},${secret}`)
    for (const token of [before!, after!]) expect(await verifyViewer(both, token, 'identity', '')).toMatchObject({ tenantId: tenant })
    const one = await createVerifier(next)
    expect(await verifyViewer(one, after!, 'identity', '')).toMatchObject({ tenantId: tenant })
    await expect(verifyViewer(one, before!, 'identity', '')).rejects.toMatchObject(refused)
  })

  it('made by anybody else, or changed, are refused', async () => {
    const verifier = await createVerifier(secret)
    const good = signViewer(createSigner(secret), testViewer(tenant, []), 'identity', '', new Date())
    const [header = '', payload = '', mac = ''] = good.split('.')
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
    const more = part({ ...JSON.parse(Buffer.from(payload, 'base64url').toString()), scope: 'tenant:admin' })
    const named = JSON.parse(Buffer.from(header, 'base64url').toString()) as { kid: string }
    const forged = await new SignJWT({ tid: tenant, kind: 'STAFF', body: '' })
      .setProtectedHeader({ alg: 'HS256', typ: 'viewer+jwt', kid: named.kid })
      .setIssuer('renmai-gateway')
      .setAudience('identity')
      .setSubject('x')
      .setIssuedAt()
      .setExpirationTime('1m')
      .sign(createHash('sha256').update(secret).digest())
    const none = `${part({ alg: 'none', typ: 'viewer+jwt', kid: named.kid })}.${payload}.`
    for (const token of [forged, none, `${header}.${more}.${mac}`, `${header}.${payload}.`, '', 'a.b.c'])
      await expect(verifyViewer(verifier, token, 'identity', '')).rejects.toMatchObject(refused)
  })
})

describe('ids', () => {
  it('carry their time, and the same parts always give the same one', () => {
    expect(Math.abs(timeOfId(newId()).getTime() - Date.now())).toBeLessThan(1_000)
    expect(idFrom('a', 'bc')).toBe(idFrom('a', 'bc'))
    expect(idFrom('a', 'bc')).not.toBe(idFrom('ab', 'c'))
    expect(isId(idFrom('x'))).toBe(true)
    expect(isId('../../etc/passwd')).toBe(false)
  })

  it('do not depend on the order of an object in what is hashed', () => {
    expect(canonical({ b: 1, a: { d: 2, c: 3 } })).toBe(canonical({ a: { c: 3, d: 2 }, b: 1 }))
  })
})
