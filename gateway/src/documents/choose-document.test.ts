import { createHash } from 'node:crypto'
import { createLog } from '@renmai/platform/serve/log'
import { describe, expect, it, vi } from 'vitest'
import { planOf } from '../cost/plan.ts'
import { createChooseDocument, type TrustMode } from './choose-document.ts'
import { findTrustedIn } from './find-trusted.ts'

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')
const base = { id: 'x', tenantId: 'tenant', scopes: new Set<string>(), plan: planOf(1) }
const staff = { ...base, kind: 'STAFF', isPartner: false } as const
const own = { ...base, kind: 'CLIENT', isPartner: false } as const
const partner = { ...base, kind: 'CLIENT', isPartner: true } as const

const [PUBLISHED, SENT, NEW] = ['{ published }', '{ sent }', '{ new }']
const documents = {
  find: vi.fn(),
  recent: () => [],
  located: <T>(document: T) => document,
  sourceOf: (hash: string) => (hash === hashOf(SENT) ? SENT : undefined),
}
const findTrusted = vi.fn(async (_caller: object, hash: string) => (hash === hashOf(PUBLISHED) ? PUBLISHED : undefined))
function choose(mode: TrustMode, caller: typeof staff | typeof own | typeof partner, query?: string, hash?: string) {
  const modes = {
    staff: 'off',
    own: 'off',
    partner: 'off',
    [caller.isPartner ? 'partner' : caller.kind === 'STAFF' ? 'staff' : 'own']: mode,
  }
  return createChooseDocument(findTrusted, modes as Record<'staff' | 'own' | 'partner', TrustMode>, createLog('test', 'silent'))(
    caller,
    { query, hash },
    documents,
  )
}

describe("the operator's own documents", () => {
  const find = findTrustedIn(
    (hash) => (hash === hashOf('{ own }') ? '{ own }' : undefined),
    async (_caller, hash) => (hash === hashOf('{ tenant }') ? '{ tenant }' : undefined),
  )

  it('are found for staff and own clients beside those of the tenant, and not for partners', async () => {
    for (const caller of [staff, own, partner]) {
      expect(await find(caller, hashOf('{ own }'))).toBe(caller.isPartner ? undefined : '{ own }')
      expect(await find(caller, hashOf('{ tenant }'))).toBe('{ tenant }')
    }
  })
})

const coded = (code: string) => ({ errors: [{ extensions: { code } }] })

describe.each([staff, own, partner])('a document of a caller %#', (caller) => {
  it('is answered as it comes where published documents are not required, without a query to identity', async () => {
    findTrusted.mockClear()
    expect(await choose('off', caller, NEW)).toBe(NEW)
    expect(findTrusted).not.toHaveBeenCalled()
  })

  it.each(['off', 'report', 'enforce'] as const)('is found by its hash when it is published (%s)', async (mode) => {
    expect(await choose(mode, caller, undefined, hashOf(PUBLISHED))).toBe(PUBLISHED)
    expect(await choose(mode, caller, PUBLISHED)).toBe(PUBLISHED)
    expect(findTrusted).toHaveBeenLastCalledWith(caller, hashOf(PUBLISHED))
  })

  it.each(['off', 'report'] as const)('is found by its hash when it was sent before (%s), and requested when it was not', async (mode) => {
    expect(await choose(mode, caller, undefined, hashOf(SENT))).toBe(SENT)
    await expect(choose(mode, caller, undefined, hashOf(NEW))).rejects.toMatchObject(coded('PERSISTED_QUERY_NOT_FOUND'))
    expect(await choose(mode, caller, NEW, hashOf(NEW))).toBe(NEW)
  })

  it('is refused where only published documents are answered', async () => {
    for (const given of [[NEW], [SENT], [undefined, hashOf(SENT)], [NEW, hashOf(NEW)]] as const)
      await expect(choose('enforce', caller, ...given)).rejects.toMatchObject(coded('DOCUMENT_NOT_TRUSTED'))
  })

  it('is refused with the hash of another document', async () => {
    await expect(choose('off', caller, NEW, hashOf(PUBLISHED))).rejects.toMatchObject({ code: 'INVALID' })
  })
})
