import type { ServerResponse } from 'node:http'
import type { Log } from '@renmai/platform/serve/log'
import { metricsHandler } from '@renmai/platform/serve/meter'
import { GraphQLError } from 'graphql'
import { expect, it, vi } from 'vitest'
import { composeSubgraphs } from '../../test/compose.ts'
import { errorsOf } from './errors.ts'

const readMetrics = () =>
  new Promise<string>((resolve) => metricsHandler({ setHeader: () => undefined, end: resolve } as unknown as ServerResponse))

it('values that the schema does not allow are shown with their place, logged once for each field, and counted', async () => {
  const ask = await composeSubgraphs({
    one: { sdl: 'type Query { all: [Int] none: Int! }', answers: () => ({ data: { all: ['13800138000', true, 3] } }) },
  })
  const { errors } = await ask('{ all none }')
  const log = { error: vi.fn() }
  const shown = errorsOf(errors, log as unknown as Log, 'request')
  const extensions = { code: 'INTERNAL', requestId: 'request' }
  const [wrong, missing] = ['Query.all has a value that its type does not allow', 'Query.none is null where null is not allowed']
  expect(JSON.parse(JSON.stringify(shown.errors))).toEqual([
    { message: wrong, path: ['all', 0], locations: [{ line: 1, column: 3 }], extensions },
    { message: wrong, path: ['all', 1], locations: [{ line: 1, column: 3 }], extensions },
    { message: missing, path: ['none'], locations: [{ line: 1, column: 7 }], extensions },
  ])
  expect(log.error.mock.calls.map(([{ reason }]) => reason)).toEqual([wrong, missing])
  expect(JSON.stringify(log.error.mock.calls)).not.toContain('13800138000')
  const counted = (await readMetrics()).split('\n').filter((line) => line.startsWith('renmai_invalid_values_total'))
  expect(counted.map((line) => [/field="([^"]+)"/.exec(line)![1], /kind="([^"]+)"/.exec(line)![1], / ([0-9]+)/.exec(line)![1]])).toEqual([
    ['Query.all', 'wrong', '2'],
    ['Query.none', 'missing', '1'],
  ])
})

it('errors of subgraphs with a code that is not our own are masked', () => {
  const log = { error: vi.fn() }
  const given = [new GraphQLError('postgres://secret', { path: ['a'], extensions: { code: 'XX000' } })]
  expect(errorsOf(given, log as unknown as Log, 'request').errors).toMatchObject([{ message: 'Something went wrong on our side' }])
  expect(log.error).toHaveBeenCalledOnce()
})
