import { importFile } from '../import-file.ts'
import { CSV_MAPPING, toCsv } from './people.ts'
import { ADVISOR, CORP, SHOP, type Step, type Story, SUBJECT } from './story.ts'

type Payload = { account: { id: string; callbackPath: string | null }; secret?: string }

/** Connects the channels, gives the simulator the callback URLs, and tests each connection. */
export const connectChannels: Step = {
  title: '渠道接入 channels connected and tested',
  async run(story) {
    const { client, secrets, accounts } = story
    const connect = async (field: string, type: string, input: object) => {
      const answer = await client.query<Record<string, Payload>>(
        `mutation C($input: ${type}!) { ${field}(input: $input) { account { id callbackPath } ${field === 'createEventSource' ? 'secret' : ''} } }`,
        { input: { idempotencyKey: `demo-${field}-${JSON.stringify(input).length}`, ...input } },
      )
      return answer[field]!
    }
    const secret = (name: string) => `${name}-${secrets.tenantId.slice(0, 8)}-secret`
    const wecom = await connect('connectWecom', 'ConnectWecomInput', {
      name: '企业微信',
      ...CORP,
      secret: secret('wecom'),
      openPlatformSubject: SUBJECT,
    })
    const youzan = await connect('connectYouzan', 'ConnectYouzanInput', { name: '有赞商城', ...SHOP, clientSecret: secret('youzan') })
    const smtp = await connect('connectSmtp', 'ConnectSmtpInput', {
      name: '邮件',
      host: '127.0.0.1',
      port: client.endpoints.smtpPort,
      from: 'hello@yunqi.example',
    })
    const events = await connect('createEventSource', 'CreateEventSourceInput', { name: '小程序', channel: 'MINI_PROGRAM' })
    const shop = await connect('createEventSource', 'CreateEventSourceInput', { name: '门店订单', channel: 'STORE' })
    Object.assign(accounts, {
      wecom: wecom.account.id,
      youzan: youzan.account.id,
      smtp: smtp.account.id,
      events: events.account.id,
      shop: shop.account.id,
    })
    const at = ({ account }: Payload) => client.endpoints.intake + account.callbackPath
    await client.simulate('wecom/accounts', { ...CORP, secret: secret('wecom'), staff: [ADVISOR], callbackUrl: at(wecom) })
    await client.simulate('youzan/accounts', { ...SHOP, clientSecret: secret('youzan'), pushUrl: at(youzan) })
    return `${await testAll(story)} accounts, every step of every test ok`
  },
}

async function testAll({ client, accounts }: Story): Promise<number> {
  const ids = [accounts.wecom, accounts.youzan, accounts.smtp, accounts.events]
  for (const accountId of ids) {
    const { testConnection } = await client.query<{
      testConnection: { isOk: boolean; steps: { name: string; isOk: boolean; detail: string }[] }
    }>('mutation T($input: TestConnectionInput!) { testConnection(input: $input) { isOk steps { name isOk detail } } }', {
      input: { accountId },
    })
    if (!testConnection.isOk) throw new Error(`connection test failed: ${JSON.stringify(testConnection.steps)}`)
  }
  return ids.length
}

/** Imports the shop's orders of a year through the public intake, as for any shop. */
export const importHistory: Step = {
  title: '历史订单 a year of orders imported',
  async run({ client, people, base, accounts }) {
    const { orders, rejectedRows } = await importFile(client, 'history.csv', Buffer.from(toCsv(people, base)), {
      accountId: accounts.shop,
      mapping: CSV_MAPPING,
      currency: 'CNY',
      zone: 'Asia/Shanghai',
    })
    const { customers } = await client.query<{ customers: { totalCount: number } }>('{ customers(first: 1) { totalCount } }')
    return `${orders} orders, ${rejectedRows} rejected, ${customers.totalCount} customers`
  },
}
