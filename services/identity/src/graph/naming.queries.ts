import { type SQL, sql } from 'drizzle-orm'
import { profiles } from '../profiles/profile.table.ts'
import { rulings } from './ruling.table.ts'

/** Rulings that name any of some profiles. @param ids query of an array of ids */
export const naming = (ids: SQL): SQL => sql`(${rulings.sideA} && ${ids} OR ${rulings.sideB} && ${ids})`

/** The profiles that a customer consists of, as an array. @param id of type uuid, of a customer who is not merged away */
export const profilesOf = (id: SQL): SQL =>
  sql`ARRAY(SELECT ${profiles.id} FROM ${profiles} WHERE ${profiles.tenantId} = ${rulings.tenantId} AND ${profiles.customerId} = ${id})`
