import { blindIndex } from '@renmai/platform/secrets/crypto'
import { isId, newId } from '@renmai/platform/serve/ids'
import { IdentifierKind } from '@renmai/proto/identity/v1/identifier_kind'
import { expect, it } from 'vitest'
import { ring } from '../../test/fixture.ts'
import { identifierIdOf, kindOf } from './identifier-id-of.ts'

it('an identifier has one id in a tenant, and another one in another namespace or tenant', () => {
  const [tenant, other] = [newId(), newId()]
  const idOf = (tenantId: string, namespace: string) => identifierIdOf(blindIndex(ring, tenantId, namespace, 'x'))
  expect(idOf(tenant, 'openid@a')).toBe(idOf(tenant, 'openid@a'))
  expect(isId(idOf(tenant, 'openid@a'))).toBe(true)
  expect(new Set([idOf(tenant, 'openid@a'), idOf(tenant, 'openid@b'), idOf(other, 'openid@a')]).size).toBe(3)
})

it('the kind of an identifier is the part of its namespace before the owner', () => {
  expect(['phone', 'openid@app', 'external_userid@corp'].map(kindOf)).toEqual([
    IdentifierKind.PHONE,
    IdentifierKind.OPENID,
    IdentifierKind.EXTERNAL_USERID,
  ])
  expect(kindOf('other')).toBe(IdentifierKind.UNSPECIFIED)
})
