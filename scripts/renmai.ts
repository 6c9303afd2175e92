import { Command } from 'commander'
import color from 'picocolors'
import { type CreateTenantOptions, createTenant } from './commands/create-tenant.ts'
import { dev } from './commands/dev.ts'
import { doctor } from './commands/doctor.ts'
import { down } from './commands/down.ts'
import { type ImportOrdersOptions, importOrders } from './commands/import-orders.ts'
import { logs } from './commands/logs.ts'
import { type PublishOptions, publishDocuments } from './commands/publish-documents.ts'
import { type SecretsOptions, writeSecrets } from './commands/secrets.ts'
import { printStatus, type StatusFormat } from './commands/status.ts'
import { type UpOptions, up } from './commands/up.ts'

const program = new Command('renmai').description('Renmai (人脉) on one machine')

program
  .command('up')
  .description('bring everything up and run the demo')
  .option('--once', 'stop everything after the demo; exit 0 only if every step succeeded')
  .option('--reset', 'drop all data first')
  .option('--detach', 'continue in the background')
  .option('--no-demo', 'without the demo')
  .action((options: UpOptions) => up(options))
program.command('down').description('stop it; the data is kept').action(down)
program
  .command('status')
  .description('where everything is, and a token of the development login')
  .option('-o, --output <format>', 'table, json or env', 'table')
  .option('--tenant <id>', 'the token enters this tenant, as its owner')
  .action(({ output, tenant }: { output: StatusFormat; tenant?: string }) => printStatus(output, tenant))
program
  .command('create-tenant <name>')
  .description('create a tenant that the development login can enter; prints its id')
  .option('--zone <zone>', 'IANA zone of its days', 'Asia/Shanghai')
  .option('--currency <code>', 'ISO 4217 code of its money', 'CNY')
  .option('--owner <subject>', 'subject of its first owner; the development login without it')
  .action((name: string, options: CreateTenantOptions) => createTenant(name, options))
program
  .command('logs <service>')
  .description('the log of one part')
  .option('-f, --follow', 'and what is added')
  .option('-n, --lines <n>', 'how many lines', '100')
  .action(logs)
program.command('doctor').description('check what the platform needs').action(doctor)
program.command('dev <service>').description('run everything, restart one service when its code changes').action(dev)
program
  .command('secrets')
  .description('make all secrets of an installation in a cluster')
  .requiredOption('--postgres <host:port>', 'where the cluster reaches PostgreSQL')
  .requiredOption('--nats <host:port>', 'where it reaches NATS')
  .requiredOption('--out <folder>', 'where they are written; keep it as you keep secrets')
  .option('--release <name>', 'name of the Helm release', 'renmai')
  .option('--namespace <name>', 'its namespace', 'renmai')
  .action((options: SecretsOptions) => writeSecrets(options))
program
  .command('publish-documents <manifest>')
  .description('make the GraphQL documents of a client build known and trusted')
  .option('--endpoint <url>', 'another platform; the key is taken from RENMAI_API_KEY')
  .action((manifest: string, options: PublishOptions) => publishDocuments(manifest, options))
program
  .command('import')
  .description('import files')
  .command('orders <files...>')
  .description('orders from CSV files or a .tar.gz of them')
  .requiredOption('--map <file>', 'JSON file that maps fields to columns')
  .requiredOption('--currency <code>', 'ISO 4217 code of the prices')
  .requiredOption('--zone <zone>', 'IANA zone of the times')
  .option('--name <name>', 'name of the shop', 'Imported shop')
  .option('--errors <file>', 'where rejected rows go', 'import-errors.csv')
  .option('--as-of <day>', 'also score the customers as of this day')
  .action((files: string[], options: ImportOrdersOptions) => importOrders(files, options))

await program.parseAsync().catch((error: Error) => {
  process.stderr.write(`${color.red('✗')} ${error.message}\n`)
  process.exit(1)
})
