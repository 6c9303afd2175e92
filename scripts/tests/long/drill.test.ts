import { expect, it } from 'vitest'
import { drill } from '../../backup/drill.ts'

it('a backup is one: restored to a moment, every row is there, the audit chain holds and the services go on', async () => {
  const lines: string[] = []
  const wrong = await drill((line) => void lines.push(line))
  expect(wrong, lines.join('\n')).toEqual([])
  expect(
    lines.some((line) => /[1-9]\d* events published again/.test(line)),
    'the restored consumer had missed something',
  ).toBe(true)
})
