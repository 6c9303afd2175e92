import { z } from 'zod'
import { nodeId, nodeKind } from './node-kind.ts'

/** Waits for a time. */
export const wait = nodeKind({
  type: 'WAIT',
  schema: z.object({ id: nodeId, next: nodeId, waitSeconds: z.int().min(1).max(31_536_000) }),
  ways: ({ next }) => [next],
  enter: (_tx, { node, entries, now }) => entries.map(() => ({ until: new Date(now.getTime() + node.waitSeconds * 1_000) })),
  due: (_tx, { node, entries }) => entries.map(() => ({ to: node.next })),
})
