import type { Db } from '../db/db.ts'
import { type Bus, subjectOf } from '../events/bus.ts'
import { consumerName, readBy } from '../events/consume.ts'
import type { Handler } from '../events/inbox.ts'
import { type Loop, loop } from '../work/loop.ts'
import { askForState } from './answer-resend.ts'

const POLL_MS = 2_000
/** In the consumer's metadata, so that it is lost with the consumer. */
const REQUESTED = 'renmai_state_requested'

/**
 * A consumer that starts for the first time requests the state that is older than its stream. One that has handled events before only
 * lost its place on the bus: the reconciler finds what it lacks.
 */
export function askAsNewcomer(relayDb: Db, bus: Bus, service: string, handlers: readonly Handler[], isLeader: () => boolean): Loop {
  const open = new Set(
    handlers.filter(({ isState }) => isState).flatMap((handler) => handler.publishers.map((publisher) => ({ handler, publisher }))),
  )
  return loop('ask-as-newcomer', bus.log, { pollMs: POLL_MS }, async () => {
    if (!isLeader()) return 0
    for (const one of open)
      await settle(relayDb, bus, service, one)
        .then((isSettled) => isSettled && open.delete(one))
        .catch((error) => bus.log.warn({ err: error, consumer: one.handler.name }, 'state not requested yet, trying again'))
    return 0
  })
}

type One = { handler: Handler; publisher: string }

async function settle(relayDb: Db, bus: Bus, service: string, { handler, publisher }: One): Promise<boolean> {
  const consumer = consumerName(service, handler)
  const { config, created } = await bus.manager.consumers.info(publisher, consumer)
  if (config.metadata?.[REQUESTED]) return true
  // It still has the filters of an earlier release, and would not read the answer.
  if (!readBy(config).includes(subjectOf(handler.type, publisher, '*', consumer))) return false
  // Events that it handled since then prove nothing about earlier ones.
  const before = 'SELECT 1 FROM inbox WHERE consumer = $1 AND handled_at < $2 LIMIT 1'
  const { rowCount } = await relayDb.pool.query(before, [consumer, created])
  if (rowCount === 0) {
    const tenants = await askForState(bus, publisher, handler.type, consumer)
    bus.log.info({ consumer, publisher, tenants }, 'a new consumer requested the earlier state')
  }
  await bus.manager.consumers.update(publisher, consumer, { metadata: { ...config.metadata, [REQUESTED]: 'true' } })
  return true
}
