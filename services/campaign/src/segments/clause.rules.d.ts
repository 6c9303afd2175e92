/**
 * A segment's condition: a tree whose leaves compare attributes, tags, orders, behaviour and RFM class. It compiles to
 * one SQL condition over `c.id`, a customer, with every value as a parameter.
 */
import { z } from 'zod'
export type Clause =
  | {
      all: Clause[]
    }
  | {
      any: Clause[]
    }
  | {
      not: Clause
    }
  | {
      attribute: {
        key: string
        operator: 'EQ' | 'IN' | 'GTE' | 'LTE' | 'EXISTS'
        values: string[]
      }
    }
  | {
      tagId: string
    }
  | {
      orders: {
        withinDays: number | null
        minCount: number
        minNetMinor: number | null
      }
    }
  | {
      behaviour: {
        type: string
        withinDays: number | null
        minCount: number
      }
    }
  | {
      rfmClasses: string[]
    }
export declare const RFM_CLASSES: string[]
/** Exactly one kind per clause; nulls, which GraphQL clients send for what they leave out, count as left out. */
export declare const clauseSchema: z.ZodType<Clause>
export declare const definitionSchema: z.ZodPipe<z.ZodUnknown, z.ZodType<Clause, unknown, z.core.$ZodTypeInternals<Clause, unknown>>>
/** Whether time alone can change who matches. */
export declare function usesClock(clause: Clause): boolean
/** A condition with its parameters; $1 is the tenant, $2 the present moment, $3 the tenant's zone. */
export type Compiled = {
  sql: string
  params: unknown[]
}
/** @param offset how many parameters stand before the clause's own, besides the first three */
export declare function compileClause(clause: Clause, offset?: number): Compiled
/** Customers that exist: those with a profile. A merged one has none. */
export declare const HAS_PROFILE = 'EXISTS (SELECT 1 FROM profile_customers m WHERE m.tenant_id = $1 AND m.customer_id = c.id)'
/** A clause in words, for the attrition of a preview. */
export declare function describeClause(clause: Clause): string
