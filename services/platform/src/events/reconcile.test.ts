import { describe, expect, it } from 'vitest'
import { busSeed, SERVICE } from '../../test/bus-seed.ts'
import { eventually } from '../testing/eventually.ts'
import { answerAll } from './ask.ts'
import { declareStream } from './bus.ts'
import { answerReconciler, reconcile } from './reconcile.ts'
import { relayOnce, startRelay } from './relay.ts'
import { answerPublished, remember } from './remember.ts'

const seed = busSeed()

describe('a stream that is deleted while everything runs', () => {
  it('is created again by its owner, and its consumers continue', async () => {
    const relay = startRelay(seed.test.relayDb, seed.bus, SERVICE)
    await seed.consuming([seed.listener('hears-on')], async () => {
      await seed.append('before')
      await eventually(async () => expect(await seed.effects()).toBe(1))
      await seed.bus.manager.streams.delete(SERVICE)
      await seed.append('after')
      await eventually(async () => expect(await seed.effects()).toBe(2))
    })
    await relay.stop()
  })
})

describe('the reconciler', () => {
  it('publishes again what a consumer lacks, after its stream was deleted', async () => {
    const handler = seed.listener('reconciled')
    await seed.consuming([handler], async () => {
      await seed.append('heard')
      await relayOnce(seed.test.relayDb, seed.bus, SERVICE)
      await eventually(async () => expect(await seed.effects()).toBe(1))
    })
    await seed.append('lost')
    await relayOnce(seed.test.relayDb, seed.bus, SERVICE)
    await seed.bus.manager.streams.delete(SERVICE)
    await declareStream(seed.bus, SERVICE)
    const stop = answerAll(seed.bus, 'test', [answerReconciler(seed.test.relayDb, 'test')])
    await seed.consuming([handler], async () => {
      await eventually(() => seed.bus.manager.consumers.info(SERVICE, 'test_reconciled'))
      expect(await reconcile(seed.test.relayDb, seed.bus, SERVICE, new Date(Date.now() - 60_000), new Date())).toEqual({
        published: 1,
        busy: 0,
      })
      await eventually(async () => expect(await seed.effects()).toBe(2))
      expect(await reconcile(seed.test.relayDb, seed.bus, SERVICE, new Date(Date.now() - 60_000), new Date())).toEqual({
        published: 0,
        busy: 0,
      })
    })
    await stop()
  })
})

describe('a day of the inbox that is lost', () => {
  const since = () => new Date(Date.now() - 60_000)
  const loseMarks = () => seed.test.owner.query('DELETE FROM inbox')

  it('is published again immediately by the reconciler, although the server still knows the ids', async () => {
    const stop = answerAll(seed.bus, 'test', [answerReconciler(seed.test.relayDb, 'test')])
    await seed.consuming([seed.listener('lost-marks')], async () => {
      await seed.append('twice')
      await relayOnce(seed.test.relayDb, seed.bus, SERVICE)
      await eventually(async () => expect(await seed.effects()).toBe(1))
      await loseMarks()
      await eventually(async () =>
        expect(await reconcile(seed.test.relayDb, seed.bus, SERVICE, since(), new Date())).toEqual({ published: 1, busy: 0 }),
      )
      await eventually(async () => expect(await seed.effects()).toBe(2))
    })
    await stop()
  })

  it('is restored by remembering: the effects are there, and none of them twice', async () => {
    const handler = seed.listener('remembers')
    const stop = answerAll(seed.bus, SERVICE, [answerPublished(seed.test.relayDb, SERVICE)])
    const stopReader = answerAll(seed.bus, 'test', [answerReconciler(seed.test.relayDb, 'test')])
    await seed.consuming([handler], async () => {
      for (const zone of ['a', 'b', 'c']) await seed.append(zone)
      await relayOnce(seed.test.relayDb, seed.bus, SERVICE)
      await eventually(async () => expect(await seed.effects()).toBe(3))
    })
    await loseMarks()
    expect(await remember(seed.test.db, seed.bus, 'test', [handler], since())).toBe(3)
    expect(await remember(seed.test.db, seed.bus, 'test', [handler], since())).toBe(0)
    await seed.consuming([handler], async () => {
      expect(await reconcile(seed.test.relayDb, seed.bus, SERVICE, since(), new Date())).toEqual({ published: 0, busy: 0 })
      expect(await seed.effects()).toBe(3)
    })
    await seed.append('not handled yet')
    await relayOnce(seed.test.relayDb, seed.bus, SERVICE)
    // The server updates the number of pending events a moment after the consumer has received one.
    await eventually(async () => {
      const { num_pending: pending, num_ack_pending: open } = await seed.bus.manager.consumers.info(SERVICE, 'test_remembers')
      expect(pending + open).toBe(1)
    })
    await expect(remember(seed.test.db, seed.bus, 'test', [handler], since())).rejects.toThrow(/events before it/)
    await Promise.all([stop(), stopReader()])
  })
})
