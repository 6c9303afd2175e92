import pg from 'pg'
import type { Endpoints } from '../../stack/endpoints.ts'

/** Works on a service's database as its superuser: for what no caller can bring about, or not at the speed that is wanted. */
export async function onDatabase<T>({ endpoints }: { endpoints: Endpoints }, name: string, work: (client: pg.Client) => Promise<T>) {
  const client = new pg.Client({ connectionString: Object.assign(new URL(endpoints.postgres), { pathname: `/${name}` }).href })
  await client.connect()
  return work(client).finally(() => client.end())
}
