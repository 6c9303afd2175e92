import type { z } from 'zod'
import type { ResolversParentTypes } from '../gen/resolvers.ts'
import { type Typed, typedOneOf } from '../one-of.ts'
import { exit } from './nodes/exit.ts'
import type { NodeKind } from './nodes/node-kind.ts'
import { send } from './nodes/send.ts'
import { split } from './nodes/split.ts'
import { wait } from './nodes/wait.ts'
import { waitUntil } from './nodes/wait-until.ts'

/** Kinds of steps of a journey, by the field of the input. */
const nodes = { wait, waitUntil, split, send, exit }

export type JourneyNode = Typed<typeof nodes>

/** The input of a step. */
export const nodeSchema = typedOneOf('a step', nodes)

type Kind = NodeKind<z.ZodType<JourneyNode>>
const byType = new Map(Object.values(nodes).map((kind) => [kind.type as string, kind as unknown as Kind]))

/** A stored step in the form of the input: an object whose one field is the kind. */
export const showNode = (node: JourneyNode, currency: string): ResolversParentTypes['JourneyNode'] => ({
  [fieldOf(node)]: kindOf(node).show(node, currency),
})

/** The field of the input that holds a step. */
export const fieldOf = ({ type }: JourneyNode): string => Object.entries(nodes).find(([, kind]) => kind.type === type)![0]

/** The kind of a step. */
export const kindOf = ({ type }: JourneyNode): Kind => byType.get(type)!
