import { APP, EXPLORER } from './clients.ts'
import { createIssuer } from './create-issuer.ts'
import { peopleOf } from './people.ts'

/**
 * Runs the development issuer.
 *
 *   node scripts/issuer/main.ts <port> <client id> <tenant id>
 *
 * with LOGIN_CLIENT_SECRET, IDENTITY_ADMIN_URL, EXPLORER_REDIRECT_URIS and APP_REDIRECT_URIS (separated by commas) in the
 * environment.
 */
const [port = '', clientId = '', tenantId = ''] = process.argv.slice(2)
const { LOGIN_CLIENT_SECRET = '', IDENTITY_ADMIN_URL = '', EXPLORER_REDIRECT_URIS = '', APP_REDIRECT_URIS = '' } = process.env
const issuer = `http://127.0.0.1:${port}`
const list = (text: string) => text.split(',').filter(Boolean)

const server = await createIssuer({
  issuer,
  login: { clientId, clientSecret: LOGIN_CLIENT_SECRET, tenantId },
  redirectUris: { [EXPLORER]: list(EXPLORER_REDIRECT_URIS), [APP]: list(APP_REDIRECT_URIS) },
  people: peopleOf(IDENTITY_ADMIN_URL),
})
server.listen(Number(port), '127.0.0.1', () => process.stdout.write(`READY ${JSON.stringify({ issuer })}\n`))
const stop = () => server.close(() => process.exit(0))
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
