import { describe, expect, it } from 'vitest'
import { newId } from '../serve/ids.ts'
import { createApiKey, readApiKey } from './api-key.ts'

const tenant = newId()

describe('API keys', () => {
  it('are read back, and one changed character is found without a request to another service', () => {
    const { text, tenantId, keyId, secret } = createApiKey(tenant)
    expect(readApiKey(text)).toEqual({ tenantId, keyId, secret })
    for (const at of [12, 50, 70, text.length - 1]) {
      const other = text[at] === 'a' ? 'b' : 'a'
      expect(readApiKey(text.slice(0, at) + other + text.slice(at + 1))).toBeUndefined()
    }
  })
})
