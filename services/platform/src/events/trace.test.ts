import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { trace } from '@opentelemetry/api'
import { InMemorySpanExporter } from '@opentelemetry/sdk-trace'
import { ComplianceService } from '@renmai/proto/compliance/v1/compliance_service'
import { TenantCreatedSchema } from '@renmai/proto/identity/v1/events'
import { expect, inject, it } from 'vitest'
import { counters } from '../../test/fixture.ts'
import { withTenant } from '../db/db.ts'
import { newId } from '../serve/ids.ts'
import { createLog } from '../serve/log.ts'
import { startTelemetry } from '../serve/telemetry.ts'
import { testDatabase } from '../testing/database.ts'
import { eventually } from '../testing/eventually.ts'
import { startNats } from '../testing/nats.ts'
import { answer, answerAll, ask } from './ask.ts'
import { connectBus, declareStream } from './bus.ts'
import { consumeAll } from './consume.ts'
import { on } from './inbox.ts'
import { publish } from './outbox.ts'
import { relayOnce } from './relay.ts'

it('one trace runs from the request over SQL, the outbox and NATS to the consumer and its requests', async () => {
  const exporter = new InMemorySpanExporter()
  const flush = startTelemetry('test', undefined, exporter)
  const folder = mkdtempSync(join(tmpdir(), 'renmai-trace-'))
  const nats = await startNats({ folder, logs: folder })
  const bus = await connectBus(
    { NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, DURABILITY: 'strict' },
    'test',
    createLog('test', 'silent'),
  )
  const test = await testDatabase(inject('postgresUrl'), counters)
  await declareStream(bus, 'identity')
  const stopAnswers = answerAll(bus, 'test', [answer(ComplianceService.method.decideSends, async () => ({ decisions: [] }))])
  let heard = 0
  const consumers = consumeAll(bus, test.db, 'test', [
    on(TenantCreatedSchema, 'traced', async () => {
      heard++
    }),
  ])
  const tenant = newId()
  await trace.getTracer('test').startActiveSpan('request', async (span) => {
    await withTenant(test.db, tenant, (tx) => publish(tx, TenantCreatedSchema, { zone: 'z', currency: 'CNY' }))
    await ask(bus, ComplianceService.method.decideSends, {})
    span.end()
  })
  await relayOnce(test.relayDb, bus, 'identity')
  await eventually(() => expect(heard).toBe(1))
  await Promise.all(consumers.map((one) => one.stop()))
  await stopAnswers()
  await bus.nats.close()
  const spans: { name: string; traceId: string }[] = []
  exporter.shutdown = async () =>
    void spans.push(...exporter.getFinishedSpans().map((span) => ({ name: span.name, traceId: span.spanContext().traceId })))
  await flush()
  const request = spans.find((span) => span.name === 'request')!
  const names = spans.filter((span) => span.traceId === request.traceId).map((span) => span.name)
  expect(names).toEqual(
    expect.arrayContaining(['request', 'sql.transaction', 'call DecideSends', expect.stringMatching(/^answer /), 'consume test_traced']),
  )
  expect(names.filter((name) => name === 'sql.transaction')).toHaveLength(2)
  await nats.stop()
  await test.drop()
  rmSync(folder, { recursive: true, force: true })
})
