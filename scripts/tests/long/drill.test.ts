import { expect, it } from 'vitest'
import { drill } from '../../backup/drill.ts'

it('a backup can be restored: every row is there, the audit chain is valid and the services continue', async () => {
  const lines: string[] = []
  const wrong = await drill((line) => void lines.push(line))
  expect(wrong, lines.join('\n')).toEqual([])
  expect(
    lines.some((line) => /[1-9]\d* events published again/.test(line)),
    'the restored consumer had missed something',
  ).toBe(true)
})
