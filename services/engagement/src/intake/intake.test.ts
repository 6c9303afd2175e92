import { connect } from '@renmai/platform/db/db'
import { newId } from '@renmai/platform/serve/ids'
import { expect, it } from 'vitest'
import { testDeps } from '../../test/deps.ts'
import { engagementSeed } from '../../test/seed.ts'
import { createIntake } from './intake.ts'

const seed = engagementSeed()

it('while the database is away nothing is acknowledged, and every platform gets 503 with Retry-After', async () => {
  const nowhere = connect('postgres://nobody:x@127.0.0.1:1/none')
  const away = testDeps({ urls: seed.test.urls, db: nowhere, relayDb: seed.test.relayDb }, seed.bus)
  const http = createIntake(away)
  const send = async (url: string, type: string, payload: string) => {
    const { statusCode, headers } = await http.inject({ method: 'POST', url, headers: { 'content-type': type }, payload })
    return [statusCode, Number(headers['retry-after']) > 0]
  }
  const account = newId()
  const push = JSON.stringify({
    client_id: 'c',
    type: 'trade_TradePaid',
    id: '1',
    msg: '%7B%7D',
    sign: 's',
    kdt_id: 1,
    status: 'PAID',
    version: 1,
  })
  expect(await send(`/hooks/wecom/${seed.tenant}/${account}`, 'text/xml', '<xml><Encrypt>x</Encrypt></xml>')).toEqual([503, true])
  expect(await send(`/hooks/youzan/${seed.tenant}/${account}`, 'application/json', push)).toEqual([503, true])
  expect(await send(`/v1/events/${seed.tenant}/${account}`, 'application/json', '{"events":[]}')).toEqual([503, true])
  away.admission.stop()
  await http.close()
  await away.close()
  await nowhere.pool.end()
})
