import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { gunzipSync } from 'node:zlib'
import color from 'picocolors'
import { request } from 'undici'
import { type Client, createClient } from '../client.ts'
import { type ImportCounts, importFile } from '../import-file.ts'
import { readSecrets } from '../stack/secrets.ts'
import { requireState } from '../stack/state.ts'
import { readTar } from './read-tar.ts'

export type ImportOrdersOptions = { map: string; currency: string; zone: string; name: string; errors: string; asOf?: string }

type File = { name: string; content: Buffer }
type Totals = { rows: number; orders: number; refunds: number; rejected: number; reasons: Map<string, number> }

/** Imports order files through the public intake, then scores their customers. Importing the same files again changes nothing. */
export async function importOrders(paths: string[], options: ImportOrdersOptions): Promise<void> {
  const mapping = JSON.parse(readFileSync(options.map, 'utf8')) as object
  const files = paths.flatMap(readFiles).sort((a, b) => (a.name < b.name ? -1 : 1))
  const client = createClient(requireState().endpoints, readSecrets())
  const accountId = await findShop(client, options.name)
  const began = Date.now()
  const totals: Totals = { rows: 0, orders: 0, refunds: 0, rejected: 0, reasons: new Map() }
  writeFileSync(options.errors, 'file,row,reason,fields\n')
  for (const [index, { name, content }] of files.entries()) {
    const counts = await importFile(client, name, content, { accountId, mapping, currency: options.currency, zone: options.zone })
    add(totals, counts)
    if (counts.rejectedRows > 0) await appendErrors(options.errors, name, counts.errorFile)
    showProgress(index + 1, files.length, totals, began)
  }
  await report(client, accountId, totals, options, Date.now() - began)
}

/** A CSV file, or all CSV files of a .tar.gz. */
function readFiles(path: string): File[] {
  if (!statSync(path, { throwIfNoEntry: false })) throw new Error(`There is no file ${path}.`)
  const content = readFileSync(path)
  if (!/\.(tar\.gz|tgz)$/.test(path)) return [{ name: basename(path), content }]
  return readTar(gunzipSync(content))
    .filter(({ name }) => name.endsWith('.csv'))
    .map(({ name, content: inner }) => ({ name: basename(name), content: inner }))
}

/** The shop of the orders: the event source of this name, created the first time. */
async function findShop(client: Client, name: string): Promise<string> {
  const { channelAccounts } = await client.query<{ channelAccounts: { nodes: { id: string; name: string }[] } }>(
    'query A($filter: ChannelAccountFilter) { channelAccounts(first: 100, filter: $filter) { nodes { id name } } }',
    { filter: { kind: 'EVENT_API', nameContains: name } },
  )
  const known = channelAccounts.nodes.find((account) => account.name === name)
  if (known) return known.id
  const input = { idempotencyKey: `import-shop:${Buffer.from(name).toString('hex').slice(0, 60)}`, name, channel: 'STORE' }
  const { createEventSource } = await client.query<{ createEventSource: { account: { id: string } } }>(
    'mutation S($input: CreateEventSourceInput!) { createEventSource(input: $input) { account { id } } }',
    { input },
  )
  return createEventSource.account.id
}

function add(totals: Totals, counts: ImportCounts): void {
  totals.rows += counts.rowsDone
  totals.orders += counts.orders
  totals.refunds += counts.refunds
  totals.rejected += counts.rejectedRows
  for (const { reason, rows } of counts.rejections) totals.reasons.set(reason, (totals.reasons.get(reason) ?? 0) + rows)
}

async function appendErrors(path: string, file: string, url: string): Promise<void> {
  const { body } = await request(url)
  const lines = (await body.text()).split('\n').slice(1).filter(Boolean)
  writeFileSync(path, lines.map((line) => `${file},${line}\n`).join(''), { flag: 'a' })
}

const BAR = 30

function showProgress(done: number, all: number, totals: Totals, began: number): void {
  const filled = Math.round((BAR * done) / all)
  const line = `${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${done}/${all} files, ${totals.rows} lines, ${Math.round(totals.rows / ((Date.now() - began) / 1000))} lines/s`
  if (process.stderr.isTTY) process.stderr.write(`\r${line}${done === all ? '\n' : ''}`)
  else if (done % 25 === 0 || done === all) process.stderr.write(`${line}\n`)
}

type Counted = { totalCount: number; isTotalEstimate: boolean }

const TOTAL = 'totalCount isTotalEstimate'
const STORED = `query C($shopId: String!) {
  orders: orders(first: 1, filter: { shopId: $shopId, isRefundDocument: false }) { ${TOTAL} }
  refunds: orders(first: 1, filter: { shopId: $shopId, isRefundDocument: true }) { ${TOTAL} }
  anonymous: orders(first: 1, filter: { shopId: $shopId, isAnonymous: true }) { ${TOTAL} }
  parked: parkedOrders(first: 1, filter: { shopId: $shopId }) { ${TOTAL} }
}`

const shown = ({ totalCount, isTotalEstimate }: Counted) => `${isTotalEstimate ? 'about ' : ''}${totalCount}`

/** Whether a number of rows is the one that is stored. Of more than 10,000 the platform returns an estimate, which decides nothing. */
const isTotal = ({ totalCount, isTotalEstimate }: Counted, wanted: number) => (isTotalEstimate ? wanted > 10_000 : totalCount === wanted)

async function report(
  client: Client,
  accountId: string,
  totals: Totals,
  { currency, zone, errors, asOf }: ImportOrdersOptions,
  ms: number,
): Promise<void> {
  const { orders, refunds, anonymous, parked } = await client.query<Record<'orders' | 'refunds' | 'anonymous' | 'parked', Counted>>(
    STORED,
    {
      shopId: accountId,
    },
  )
  const out = (name: string, value: string | number) => process.stdout.write(`${name.padEnd(28)} ${value}\n`)
  out('lines read', totals.rows)
  out('orders', totals.orders)
  out('refunds', totals.refunds)
  out('orders without a customer', shown(anonymous))
  out('set aside', shown(parked))
  out('lines rejected', totals.rejected)
  for (const [reason, rows] of totals.reasons) out(`  ${reason}`, rows)
  out('error file', errors)
  out('seconds', (ms / 1000).toFixed(1))
  const adds = isTotal(orders, totals.orders) && isTotal(refunds, totals.refunds)
  out('stored = reported', adds ? color.green('yes') : color.red(`no: ${shown(orders)} orders, ${shown(refunds)} refunds are stored`))
  if (asOf) await classify(client, { accountId, currency, zone, asOf })
  if (!adds) process.exitCode = 1
}

async function classify(
  client: Client,
  { accountId, currency, zone, asOf }: { accountId: string; currency: string; zone: string; asOf: string },
): Promise<void> {
  await waitForAnalytics(client)
  const input = { idempotencyKey: `import-rfm:${asOf}:${Date.now()}`, asOf, currency, zone, shopId: accountId, window: 'P3650D' }
  const { computeRfm } = await client.query<{
    computeRfm: { run: { scored: number; classes: { label: string; rfmClass: string; customers: number }[] } }
  }>('mutation R($input: ComputeRfmInput!) { computeRfm(input: $input) { run { scored classes { label rfmClass customers } } } }', {
    input,
  })
  const { scored, classes } = computeRfm.run
  process.stdout.write(`${'customers scored'.padEnd(28)} ${scored} as of ${asOf}\n`)
  for (const { label, rfmClass, customers } of classes) process.stdout.write(`  ${label} ${rfmClass.padEnd(18)} ${customers}\n`)
}

/** Waits for analytics, which receives orders a moment after they are stored. */
async function waitForAnalytics(client: Client): Promise<void> {
  const day = new Date().toISOString().slice(0, 10)
  for (const until = Date.now() + 120_000; Date.now() < until; ) {
    const { kpis } = await client.query<{ kpis: { isComplete: boolean } }>(
      'query K($day: Date!) { kpis(from: $day, to: $day) { isComplete } }',
      { day },
    )
    if (kpis.isComplete) return
    await new Promise((resolve) => setTimeout(resolve, 250))
  }
  throw new Error('analytics is still behind after two minutes; scripts/renmai logs analytics may show why')
}
