import { z } from 'zod'
import { nodeId, nodeKind } from './node-kind.ts'

/** Ends the journey. */
export const exit = nodeKind({
  type: 'EXIT',
  schema: z.object({ id: nodeId }),
  show: ({ id }) => ({ id }),
  ways: () => [],
  enter: (_tx, { entries }) => entries.map(() => ({ end: 'EXIT' })),
})
