import { duration, writeDuration } from '@renmai/platform/serve/duration'
import { z } from 'zod'
import { nodeId, nodeKind } from './node-kind.ts'

const YEAR_S = 31_536_000

/** Waits for a time. */
export const wait = nodeKind({
  type: 'WAIT',
  schema: z
    .object({
      id: nodeId,
      next: nodeId,
      wait: duration.pipe(z.int().min(1, 'must be at least PT1S').max(YEAR_S, 'must be at most P365D')),
    })
    .transform(({ wait: waitSeconds, ...rest }) => ({ ...rest, waitSeconds })),
  show: ({ id, next, waitSeconds }) => ({ id, next, wait: writeDuration(waitSeconds) }),
  ways: ({ next }) => [next],
  enter: (_tx, { node, entries, now }) => entries.map(() => ({ until: new Date(now.getTime() + node.waitSeconds * 1_000) })),
  due: (_tx, { node, entries }) => entries.map(() => ({ to: node.next })),
})
