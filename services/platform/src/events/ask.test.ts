import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ComplianceService } from '@renmai/proto/compliance/v1/compliance_service'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { AppError, failures } from '../serve/errors.ts'
import { createLog } from '../serve/log.ts'
import { type Nats, startNats } from '../testing/nats.ts'
import { answer, answerAll, ask } from './ask.ts'
import { type Bus, connectBus } from './bus.ts'

const folder = mkdtempSync(join(tmpdir(), 'renmai-ask-'))
let nats: Nats
let bus: Bus
beforeAll(async () => {
  nats = await startNats({ folder, logs: folder })
  bus = await connectBus(
    { NATS_URL: nats.url, NATS_MONITOR_URL: nats.monitorUrl, DURABILITY: 'strict' },
    'ask',
    createLog('test', 'silent'),
  )
})
afterAll(async () => {
  await bus.nats.close()
  await nats.stop()
  rmSync(folder, { recursive: true, force: true })
})

const method = ComplianceService.method.decideSends
const question = { tenantId: 't', questions: [{ messageId: 'm1' }, { messageId: 'm2' }] }
type Reply = Parameters<typeof answer<typeof method>>[1]

async function answering<T>(reply: Reply, work: () => Promise<T>): Promise<T> {
  const stop = answerAll(bus, 'test', [answer(method, reply)])
  await bus.nats.flush()
  return work().finally(stop)
}

describe('requests and answers', () => {
  it('carry a batch there and back', async () => {
    const { decisions } = await answering(
      async ({ questions }) => ({ decisions: questions.map(({ messageId }) => ({ messageId, isAllowed: true })) }),
      () => ask(bus, method, question),
    )
    expect(decisions.map((one) => one.messageId)).toEqual(['m1', 'm2'])
  })

  it('pass on an error that is meant for callers', async () => {
    const refuse: Reply = async () => {
      throw new AppError('FORBIDDEN', 'not you')
    }
    await expect(answering(refuse, () => ask(bus, method, question))).rejects.toMatchObject({ code: 'FORBIDDEN', message: 'not you' })
  })

  it('pass on the code and the values of a failure, in any script', async () => {
    const failure = failures({ TAKEN: ['CONFLICT', 'The name {name} is taken'] })
    const refuse: Reply = async () => {
      throw failure('TAKEN', 'name', { name: '会员' })
    }
    await expect(answering(refuse, () => ask(bus, method, question))).rejects.toMatchObject({
      code: 'CONFLICT',
      message: 'The name 会员 is taken',
      details: { reason: 'TAKEN', parameters: { name: '会员' } },
    })
  })

  it('hide any other error', async () => {
    const break_: Reply = async () => {
      throw new Error('postgres://user:secret@db')
    }
    await expect(answering(break_, () => ask(bus, method, question))).rejects.toMatchObject({
      code: 'INTERNAL',
      message: expect.not.stringContaining('secret'),
    })
  })

  it('fail immediately without a responder, and after the deadline without an answer', async () => {
    await expect(ask(bus, method, question)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
    const late: Reply = () => new Promise((resolve) => setTimeout(() => resolve({ decisions: [] }), 800))
    await expect(answering(late, () => ask(bus, method, question, 200))).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })
})
