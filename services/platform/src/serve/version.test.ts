import { expect, it } from 'vitest'
import { requireVersion } from './version.ts'

it('a caller that has not read the latest change cannot change the object', () => {
  for (const expected of [undefined, null, 3]) expect(() => requireVersion(expected, 3)).not.toThrow()
  for (const expected of [2, 4, 0])
    expect(() => requireVersion(expected, 3)).toThrow(
      expect.objectContaining({
        code: 'CONFLICT',
        message: 'It was changed meanwhile and is at version 3; read it again',
        fields: { expectedVersion: expect.stringContaining('version 3') },
        details: { reason: 'STALE_VERSION', parameters: { version: 3 } },
      }),
    )
})
