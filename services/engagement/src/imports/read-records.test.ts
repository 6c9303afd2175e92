import { Readable } from 'node:stream'
import { expect, it } from 'vitest'
import { readRecords } from './read-records.ts'

/** The records of a text that arrives in chunks of so many characters. */
async function read(text: string, size = text.length || 1): Promise<(string[] | string)[]> {
  const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, no) => text.slice(no * size, (no + 1) * size))
  const found: (string[] | string)[] = []
  for await (const record of readRecords(Readable.from(chunks))) found.push('reason' in record ? record.reason : record.values)
  return found
}

it.each([
  [
    'a,b\nc,d\n',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    'a,b\r\nc,d\r\n',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  [
    'a,b\rc,d\r',
    [
      ['a', 'b'],
      ['c', 'd'],
    ],
  ],
  ['a\n\n \nb', [['a'], ['b']]],
  ['"a, ""b""",c\n', [['a, "b"', 'c']]],
  [
    '"a\nb",c\nd,e',
    [
      ['a\nb', 'c'],
      ['d', 'e'],
    ],
  ],
  [
    '5" pipe,"x"\nb,c',
    [
      ['5" pipe', 'x'],
      ['b', 'c'],
    ],
  ],
  ['a,"B "quoted" x",c\nd', [['a', '"B "quoted" x"', 'c'], ['d']]],
  ['a,x"\nb,"y\nc,d', [['a', 'x"'], 'QUOTE_NOT_CLOSED', ['c', 'd']]],
  ['', []],
])('%j is read as people type it, in chunks of any size', async (text, records) => {
  for (const size of [1, 2, 3, 7, 1_000]) expect(await read(text, size), String(size)).toEqual(records)
})

it('a quote that is never closed and a line without an end are one record each, in a file of any length', async () => {
  const rest = Array.from({ length: 3_000 }, (_, no) => `r${no},x`)
  const found = await read(['a,b', 'c,"d', ...rest].join('\n'), 5_000)
  expect([found.length, found[1], found.at(-1)]).toEqual([3_002, 'QUOTE_NOT_CLOSED', ['r2999', 'x']])
  // Another stray quote, far below, does not close it.
  const stray = await read(['a,b', 'c,"d', ...rest.slice(0, 150), 'e"'].join('\n'), 5_000)
  expect([stray.length, stray[1], stray.at(-1)]).toEqual([153, 'QUOTE_NOT_CLOSED', ['e"']])
  expect(await read(`a,b\n${'x'.repeat(300_000)}\nc,d`, 5_000)).toEqual([['a', 'b'], 'ROW_TOO_LONG', ['c', 'd']])
  expect(await read(`"${'x'.repeat(300_000)}`, 5_000)).toEqual(['ROW_TOO_LONG'])
})
