import { createHash } from 'node:crypto'
import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { testViewer } from '../testing/viewers.ts'
import { newId } from './ids.ts'
import { createSigner, createVerifier, signViewer, verifyViewer } from './viewer.ts'

const tenant = newId()

describe('internal tokens', () => {
  const [secret, next] = ['s'.repeat(32), 'n'.repeat(32)]
  const refused = { code: 'UNAUTHENTICATED' }

  it('are valid for one subgraph, one request and one minute', async () => {
    const [signer, verifier] = [createSigner(secret), await createVerifier(secret)]
    const viewer = testViewer(tenant, ['a', 'b'])
    const token = signViewer(signer, viewer, 'identity', '{"query":"{ a }"}', new Date())
    expect(await verifyViewer(verifier, token, 'identity', '{"query":"{ a }"}')).toEqual(viewer)
    await expect(verifyViewer(verifier, token, 'campaign', '{"query":"{ a }"}')).rejects.toMatchObject(refused)
    await expect(verifyViewer(verifier, token, 'identity', '{"query":"{ b }"}')).rejects.toMatchObject(refused)
    const old = signViewer(signer, viewer, 'identity', '', new Date(Date.now() - 120_000))
    await expect(verifyViewer(verifier, old, 'identity', '')).rejects.toMatchObject(refused)
  })

  it('carry all data of a viewer, whatever characters it contains', async () => {
    const viewer = { ...testViewer(tenant, ['a']), id: '"},{\\"tid":"\u2028' }
    const token = signViewer(createSigner(secret), viewer, 'identity', '', new Date())
    expect(await verifyViewer(await createVerifier(secret), token, 'identity', '')).toEqual(viewer)
  })

  it('are valid with the old and the new secret while it is replaced, and with the new one only afterwards', async () => {
    const [before, after] = [secret, next].map((one) => signViewer(createSigner(one), testViewer(tenant, []), 'identity', '', new Date()))
    const both = await createVerifier(`${next},${secret}`)
    for (const token of [before!, after!]) expect(await verifyViewer(both, token, 'identity', '')).toMatchObject({ tenantId: tenant })
    const one = await createVerifier(next)
    expect(await verifyViewer(one, after!, 'identity', '')).toMatchObject({ tenantId: tenant })
    await expect(verifyViewer(one, before!, 'identity', '')).rejects.toMatchObject(refused)
  })

  it('are refused when another party made or changed them', async () => {
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
