import type { z } from 'zod'
import { all } from './clauses/all.ts'
import { any } from './clauses/any.ts'
import { attribute } from './clauses/attribute.ts'
import { behaviour } from './clauses/behaviour.ts'
import { not } from './clauses/not.ts'
import { orderDate } from './clauses/order-date.ts'
import { orders } from './clauses/orders.ts'
import { rfmClasses } from './clauses/rfm-classes.ts'
import { tagId } from './clauses/tag-id.ts'

/** Kinds of conditions on one fact of a customer, by the field of the input. */
export const clauses = { attribute, tagId, orders, orderDate, behaviour, rfmClasses }

/** Kinds that join conditions, by the field of the input. */
export const groups = { all, any, not }

type Kinds = typeof clauses
type Single = { [K in keyof Kinds]: Record<K, z.output<Kinds[K]['schema']>> }[keyof Kinds]

/** A condition: a tree whose leaves compare facts. It has one field, which is its kind. */
export type Clause = Single | { all: Clause[] } | { any: Clause[] } | { not: Clause }
