import pg from 'pg'
import type { Endpoints } from '../../stack/endpoints.ts'

/** Runs SQL on a service's database as superuser: for states that no caller can create, or not fast enough. */
export async function onDatabase<T>({ endpoints }: { endpoints: Endpoints }, name: string, work: (client: pg.Client) => Promise<T>) {
  const client = new pg.Client({ connectionString: Object.assign(new URL(endpoints.postgres), { pathname: `/${name}` }).href })
  await client.connect()
  return work(client).finally(() => client.end())
}
