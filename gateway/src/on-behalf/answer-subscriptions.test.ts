import { writeGlobalId } from '@renmai/platform/serve/global-id'
import { newId } from '@renmai/platform/serve/ids'
import { GatewayService } from '@renmai/proto/gateway/v1/gateway_service'
import { describe, expect, it } from 'vitest'
import { clientId, onBehalfSeed, partner, tenantId } from '../../test/on-behalf-seed.ts'

const seed = onBehalfSeed()

const { tellEvent, checkBulkQuery, readBulkPage } = GatewayService.method

describe('a subscription by webhook', () => {
  it('returns the events that feed it, and the requested id', async () => {
    const id = newId()
    const fed = { field: 'changed', types: ['renmai.identity.v1.CustomerChanged'], fields: ['customerId'], everyMs: 100 }
    expect(await seed.check('subscription { changed { id } }')).toMatchObject({ ...fed, value: '' })
    expect(await seed.check(`subscription { changed(id: "${writeGlobalId('Person', id)}") { id } }`)).toMatchObject({ ...fed, value: id })
  })

  it.each([
    ['a query', '{ person { id } }', 'INVALID'],
    ['nonsense', 'subscription {', 'INVALID'],
    ['an unknown field', 'subscription { changed { nothing } }', 'INVALID'],
    ['a variable without a value', 'subscription ($id: ID!) { changed(id: $id) { id } }', 'INVALID'],
    ['beyond the access of its client', 'subscription { secret { id } }', 'FORBIDDEN'],
  ])('is refused where it is %s', async (_what, document, code) => {
    await expect(seed.check(document)).rejects.toMatchObject({
      code,
      message: expect.stringContaining(code === 'FORBIDDEN' ? 'document' : ''),
    })
  })

  it('is refused to an inactive client, and to a partner for an unpublished document where publishing is required', async () => {
    await expect(seed.check('subscription { changed { id } }', partner)).rejects.toMatchObject({ code: 'INVALID' })
    await expect(seed.checkBulk('{ people { nodes { id } } }', partner)).rejects.toMatchObject({ code: 'INVALID' })
    seed.isActive = false
    await expect(seed.check('subscription { changed { id } }')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(seed.tell('subscription { changed { id } }')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(seed.bulk('{ people { nodes { id } } }')).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  it('returns the parts that its client may have, nothing without data, and no partial answer after a transient error', async () => {
    const document = 'subscription { changed { name hidden } }'
    seed.respond = () => ({ data: { changed: { name: 'Li' } } })
    expect(JSON.parse((await seed.tell(document)).result)).toMatchObject({
      data: { changed: { name: 'Li', hidden: null } },
      errors: [{ path: ['changed', 'hidden'] }],
    })
    seed.respond = () => ({ data: { changed: null } })
    expect((await seed.tell('subscription { changed { name } }')).result).toBe('')
    seed.respond = () => ({ data: { changed: null }, errors: [{ message: 'x', path: ['changed'], extensions: { code: 'TIMEOUT' } }] })
    await expect(seed.tell('subscription { changed { name } }')).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    for (const code of ['XX000', 'INVALID_VALUE']) {
      seed.respond = () => ({ data: { changed: null }, errors: [{ message: 'x', path: ['changed'], extensions: { code } }] })
      await expect(seed.tell('subscription { changed { name } }')).rejects.toMatchObject({ code: 'INTERNAL' })
    }
    seed.respond = () => ({ data: { changed: { name: 'x'.repeat(300_000) } } })
    await expect(seed.tell('subscription { changed { name } }')).rejects.toMatchObject({ code: 'INVALID' })
    await expect(seed.tell('subscription { secret { name } }')).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })
})

describe('an operation that is answered later', () => {
  it('has no scope that its request did not have, and none that the client lost since', async () => {
    seed.scopes = ['secrets:read', 'people:read']
    const document = 'subscription { changed { name hidden } }'
    seed.respond = () => ({ data: { changed: { name: 'Li', hidden: 'more' } } })
    const event = JSON.stringify({ type: 'renmai.identity.v1.CustomerChanged', customerId: 'c' })
    const told = async (asked: string[]) =>
      JSON.parse((await seed.ask(tellEvent, { tenantId, clientId, document, event, scopes: asked })).result).data.changed.hidden
    expect(await told(['people:read'])).toBeNull()
    expect(await told(['secrets:read'])).toBe('more')
    expect(await told([])).toBeNull()
    const query = { tenantId, viewerKind: 'CLIENT', viewerId: clientId, document: '{ secrets { nodes { id } } }', scopes: ['people:read'] }
    await expect(seed.ask(checkBulkQuery, query)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(seed.ask(readBulkPage, query)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    seed.scopes = []
    expect(await told(['secrets:read'])).toBeNull()
  })
})
