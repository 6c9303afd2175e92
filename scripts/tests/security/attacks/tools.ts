import pg from 'pg'
import { addOtherTenant } from '../../../stack/add-other-tenant.ts'
import type { Answered, Stage } from '../../bad-input/row.ts'
import { write } from '../../bad-input/stage.ts'

/** An answer whose whole text a row checks. */
export const read = (answer: Answered): Answered => ({ ...answer, codes: answer.text })

/** A connection to a database of the platform; by the superuser, or as a role of its own. */
export async function connect({ whole }: Stage, database: string, role?: string): Promise<pg.Client> {
  const url = Object.assign(new URL(whole.client.endpoints.postgres), { pathname: `/${database}` })
  if (role) Object.assign(url, { username: role, password: whole.platform.secrets.rolePasswords[role] })
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  return client
}

/** @returns the rows of one statement of the superuser */
export async function select<T extends object>(stage: Stage, database: string, text: string, values: unknown[] = []): Promise<T[]> {
  const client = await connect(stage, database)
  try {
    return (await client.query<T>(text, values)).rows
  } finally {
    await client.end()
  }
}

type Made = { account: { id: string; callbackPath: string }; secret: string }

/** The stage as another tenant sees it, with its own key and event source. */
export async function asAnother(stage: Stage): Promise<Stage> {
  const { key } = await addOtherTenant(stage.whole.platform)
  const selection = 'account { id callbackPath } secret'
  const made = await write<Made>(stage.whole, key, 'createEventSource', 'CreateEventSourceInput', selection, {
    name: 'web',
    channel: 'WEB',
  })
  const { id, callbackPath } = made.account
  return { ...stage, key, source: { id, secret: made.secret, callbackPath, url: stage.whole.client.endpoints.intake + callbackPath } }
}
