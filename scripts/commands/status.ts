import Table from 'cli-table3'
import { createClient } from '../client.ts'
import { readSecrets } from '../stack/secrets.ts'
import { requireState } from '../stack/state.ts'

export type StatusFormat = 'table' | 'json' | 'env'

/**
 * Shows all addresses and a fresh token of the development login.
 * @param tenant id of the tenant that the token is for; without it, the demo's
 */
export async function printStatus(format: StatusFormat, tenant?: string): Promise<void> {
  const { pid, endpoints, startedAt } = requireState()
  const secrets = readSecrets()
  const tenantId = tenant ?? secrets.tenantId
  const token = await createClient(endpoints, secrets, tenantId).token()
  const { graphql, intake, issuer, simulator, smtpPort, nats, natsMonitor, postgres, metrics } = endpoints
  const explorer = graphql.replace('/graphql', '/')
  if (format === 'json')
    return void process.stdout.write(`${JSON.stringify({ pid, startedAt, explorer, ...endpoints, tenantId, token }, undefined, 2)}\n`)
  if (format === 'env') {
    const values = {
      PID: pid,
      GRAPHQL_URL: graphql,
      EXPLORER_URL: explorer,
      INTAKE_URL: intake,
      ISSUER_URL: issuer,
      SIMULATOR_URL: simulator,
      SMTP_PORT: smtpPort,
      NATS_URL: nats,
      NATS_MONITOR_URL: natsMonitor,
      POSTGRES_URL: postgres,
      TENANT_ID: tenantId,
      TOKEN: token,
    }
    return void process.stdout.write(
      Object.entries(values)
        .map(([name, value]) => `RENMAI_${name}=${value}\n`)
        .join(''),
    )
  }
  const table = new Table({ style: { head: [] } })
  table.push(
    { endpoint: graphql },
    { explorer: `${explorer} (GraphiQL)` },
    { 'intake (platforms, events, files)': intake },
    { 'development login': `${secrets.loginClientId}, owner of tenant ${secrets.tenantId}` },
    { 'other tenants': 'scripts/renmai status --tenant <id>, or the page of the development login' },
    { issuer },
    { simulator: `${simulator}/_sim/deliveries` },
    { metrics: Object.values(metrics).join('\n') },
    { token: 'scripts/renmai status -o env prints one as RENMAI_TOKEN' },
  )
  process.stdout.write(`${table.toString()}\n`)
}
