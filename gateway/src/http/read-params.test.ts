import { expect, it } from 'vitest'
import { parseParams } from './read-params.ts'

it('a text that cannot be stored is refused with its place, of many events the one', () => {
  const read = (names: string[]) => parseParams({ query: '{ a }', variables: { input: { events: names.map((name) => ({ name })) } } })
  expect(read(['Ann', '😀'])).toMatchObject({ variables: { input: {} } })
  for (const name of ['😀'.slice(0, 1), 'a\u0000b'])
    expect(() => read(['Ann', name, 'Bob'])).toThrow(
      expect.objectContaining({
        code: 'INVALID',
        fields: { 'variables.input.events.1.name': expect.stringContaining('cannot be stored') },
      }),
    )
  expect(() => parseParams({ query: '{ a }', variables: { 'a\u0000': 1 } })).toThrow(
    expect.objectContaining({ fields: { variables: expect.any(String) } }),
  )
})
