import { expect, it } from 'vitest'
import { scopesOf } from './role.rules.ts'

it('roles give their scopes together, and nobody has a scope that no role gives', () => {
  expect(scopesOf(['AUDITOR'])).toEqual(['audit:read', 'consents:read'])
  expect(scopesOf(['AUDITOR', 'AGENT'])).toContain('personal:read')
  expect(scopesOf(['ANALYST'])).not.toContain('personal:read')
  expect(scopesOf(['NOBODY'])).toEqual([])
})
