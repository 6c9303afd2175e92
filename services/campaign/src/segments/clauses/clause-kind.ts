import type { z } from 'zod'

/** The column by which facts name whom they are about: a profile of the person, by its id or its number, or the customer. */
const FACTS = {
  attribute_facts: 'profile_id',
  tag_facts: 'profile_no',
  order_facts: 'profile_id',
  behaviour_days: 'profile_no',
  rfm_facts: 'customer_id',
} as const

/** Adds a value to the parameters and returns its placeholder, such as `$4`. The SQL itself contains no value. */
export type Bind = (value: unknown) => string

/** A kind of condition on one fact of a customer. */
export type ClauseKind<S extends z.ZodType> = {
  /** Schema of the input, with its limits. */
  readonly schema: S
  /**
   * A stored value in the form of the input.
   * @param currency the tenant's currency, which amounts have that were stored without one
   */
  readonly show: (value: z.output<S>, currency: string) => unknown
  /** The clause as text, for the attrition of a preview. */
  readonly describe: (value: z.output<S>) => string
  /** The table of facts that decides. */
  readonly reads: keyof typeof FACTS
  /** Ids of the tags that the clause names. */
  readonly tags?: (value: z.output<S>) => string[]
  /** Whether time alone can change which customers match; false without it. */
  readonly usesClock?: (value: z.output<S>) => boolean
  /**
   * An SQL condition over `c.id`, a customer. $1 is the tenant, $2 the present moment, $3 the tenant's zone.
   * @param facts the head of a FROM over the customer's facts, named `f`, which ends in a WHERE: conditions follow with AND
   */
  readonly sql: (value: z.output<S>, bind: Bind, facts: string) => string
}

/** A kind of condition made of conditions. */
export type GroupKind<S extends (clause: z.ZodType<unknown>) => z.ZodType> = {
  /** @param clause the schema of a condition, read when the first one is parsed */
  readonly schema: S
  /** Parts in the form of the input, as the value of the group's field. */
  readonly show: (parts: readonly unknown[]) => unknown
  readonly describe: (parts: readonly string[]) => string
  readonly sql: (parts: readonly string[]) => string
}

/** Infers the kind's value from its schema. */
export const clauseKind = <S extends z.ZodType>(kind: ClauseKind<S>): ClauseKind<S> => kind

export const factsOf = (table: keyof typeof FACTS): string =>
  FACTS[table] === 'customer_id'
    ? `${table} f WHERE f.tenant_id = $1 AND f.customer_id = c.id`
    : `profile_customers m JOIN ${table} f ON f.tenant_id = m.tenant_id AND f.${FACTS[table]} = m.${FACTS[table]} WHERE m.tenant_id = $1 AND m.customer_id = c.id`
