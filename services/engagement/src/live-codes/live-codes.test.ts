import { newId } from '@renmai/platform/serve/ids'
import { key, testViewer } from '@renmai/platform/testing/viewers'
import { expect, it } from 'vitest'
import type { Context } from '../context.ts'
import { createLiveCode } from './create-live-code.ts'

it('a live code that sends a welcome needs channels:write and messages:write', async () => {
  const input = { idempotencyKey: key(), accountId: newId(), name: 'n', reference: 's', owners: ['o'], welcomeText: 'welcome' }
  const create = (scopes: string[]) => createLiveCode({ viewer: testViewer(newId(), scopes) } as Context, input)
  await expect(create(['channels:write'])).rejects.toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('messages:write') })
  await expect(create(['messages:write'])).rejects.toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('channels:write') })
})
