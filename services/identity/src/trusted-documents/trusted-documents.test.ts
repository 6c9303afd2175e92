import { createHash } from 'node:crypto'
import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { newId } from '@renmai/platform/serve/ids'
import { type TestDatabase, testDatabase } from '@renmai/platform/testing/database'
import { key, testViewer } from '@renmai/platform/testing/viewers'
import { FindDocumentRequestSchema, FindDocumentResponseSchema } from '@renmai/proto/identity/v1/identity_service'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { contextOf } from '../../test/fixture.ts'
import { identity } from '../service.ts'
import { findDocument } from './find-document.ts'
import { listDocuments } from './list-documents.ts'
import { publishDocuments } from './publish-documents.ts'
import { retireDocuments } from './retire-documents.ts'

let test: TestDatabase
beforeAll(async () => {
  test = await testDatabase(inject('postgresUrl'), identity)
})
afterAll(() => test.drop())

const tenant = newId()
const documentOf = (body: string) => ({ hash: createHash('sha256').update(body).digest('hex'), body })
async function find(hash: string, tenantId = tenant): Promise<string> {
  const request = create(FindDocumentRequestSchema, { tenantId, hash })
  return fromBinary(FindDocumentResponseSchema, await findDocument(test.db).reply(toBinary(FindDocumentRequestSchema, request))).body
}

describe('a trusted document', () => {
  it('is found by its hash in its tenant until it is retired, and again after it is published again', async () => {
    const ctx = contextOf(test, tenant)
    const [a, b] = [documentOf('{ a }'), documentOf('{ b }')]
    expect(await publishDocuments(ctx, { idempotencyKey: key(), documents: [a, b, a] })).toEqual({ added: 2, known: 0 })
    expect(await publishDocuments(ctx, { idempotencyKey: key(), documents: [a] })).toEqual({ added: 0, known: 1 })
    expect([await find(a.hash), await find(a.hash, newId()), await find('0'.repeat(64))]).toEqual(['{ a }', '', ''])
    const hashes = [a.hash, '0'.repeat(64)]
    expect(await retireDocuments(contextOf(test, newId()), { idempotencyKey: key(), hashes })).toEqual({ retired: 0 })
    expect(await retireDocuments(ctx, { idempotencyKey: key(), hashes })).toEqual({ retired: 1 })
    expect([await find(a.hash), await find(b.hash)]).toEqual(['', '{ b }'])
    expect(await publishDocuments(ctx, { idempotencyKey: key(), documents: [a] })).toEqual({ added: 1, known: 0 })
    expect(await find(a.hash)).toBe('{ a }')
  })

  it('is listed by its state and by the name of its operation', async () => {
    const ctx = contextOf(test, newId())
    const [a, b] = [
      { ...documentOf('query A { a }'), name: 'A' },
      { ...documentOf('query B { b }'), name: 'B' },
    ]
    await publishDocuments(ctx, { idempotencyKey: key(), documents: [a, b] })
    await retireDocuments(ctx, { idempotencyKey: key(), hashes: [b.hash] })
    const names = async (filter: object) => (await listDocuments(ctx, { filter })).nodes.map(({ name }) => name)
    expect([await names({ isRetired: true }), await names({ isRetired: false }), await names({ name: 'B' })]).toEqual([['B'], ['A'], ['B']])
    expect(await names({ createdBefore: '2020-01-01T00:00:00Z' })).toEqual([])
  })

  it('is refused with the hash of another text, too long, or without the scope', async () => {
    const ctx = contextOf(test, tenant)
    const publish = (body: string, hash: string) => publishDocuments(ctx, { idempotencyKey: key(), documents: [{ hash, body }] })
    await expect(publish('{ c }', documentOf('{ d }').hash)).rejects.toMatchObject({
      code: 'INVALID',
      fields: { 'documents.0.hash': expect.any(String) },
    })
    const long = documentOf('#'.repeat(32 * 1024 + 1))
    await expect(publish(long.body, long.hash)).rejects.toMatchObject({ code: 'INVALID' })
    const weak = { ...ctx, viewer: testViewer(tenant, ['tenant:admin']) }
    await expect(publishDocuments(weak, { idempotencyKey: key(), documents: [documentOf('{ e }')] })).rejects.toMatchObject({
      code: 'FORBIDDEN',
    })
  })
})
