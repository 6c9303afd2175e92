import { expect, it } from 'vitest'
import { z } from 'zod'
import { parseConfig } from './config.ts'
import { readKeepDays } from './read-keep-days.ts'

const days = z.coerce.number().min(7)
const service = {
  settings: z.object({ SECRET: z.string(), KEY_KEEP_DAYS: days.default(7), LOG_KEEP_DAYS: days.optional() }),
  partitioned: [
    { table: 'keys', unit: 'week', ahead: 4, keep: 'KEY_KEEP_DAYS' },
    { table: 'logs', unit: 'month', ahead: 2, keep: 'LOG_KEEP_DAYS' },
    { table: 'facts', unit: 'month', ahead: 2 },
  ],
} as const

it.each([
  [{}, { keys: 7 }],
  [
    { KEY_KEEP_DAYS: '30', LOG_KEEP_DAYS: '400' },
    { keys: 30, logs: 400 },
  ],
])('tables are kept as their settings state, without any other setting: %o', (environment, wanted) => {
  expect(readKeepDays(service, (schema) => parseConfig(schema, environment))).toEqual(wanted)
})

it('a time that is too short is refused by its name', () => {
  expect(() => readKeepDays(service, (schema) => parseConfig(schema, { KEY_KEEP_DAYS: '1' }))).toThrow('KEY_KEEP_DAYS')
})
