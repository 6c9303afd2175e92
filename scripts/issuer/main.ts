import { exportJWK, generateKeyPair } from 'jose'
import Provider from 'oidc-provider'

/**
 * An OIDC provider for development, in place of the company's own. It issues ES256 access tokens (RFC 9068) by client
 * credentials to the development login.
 *
 *   node scripts/issuer/main.ts <port> <client id> <tenant id>, with LOGIN_CLIENT_SECRET in the environment
 */
const [port = '', clientId = '', tenantId = ''] = process.argv.slice(2)
const clientSecret = process.env.LOGIN_CLIENT_SECRET ?? ''
const issuer = `http://127.0.0.1:${port}`
const { privateKey } = await generateKeyPair('ES256', { extractable: true })

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: clientId,
      client_secret: clientSecret,
      grant_types: ['client_credentials'],
      id_token_signed_response_alg: 'ES256',
      redirect_uris: [],
      response_types: [],
    },
  ],
  jwks: { keys: [{ ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' }] },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: () => 'urn:renmai:api',
      getResourceServerInfo: () => ({
        scope: '',
        audience: 'urn:renmai:api',
        accessTokenTTL: 600,
        accessTokenFormat: 'jwt',
        jwt: { sign: { alg: 'ES256' } },
      }),
    },
  },
  extraTokenClaims: () => ({ tid: tenantId }),
})

const server = provider.listen(Number(port), '127.0.0.1', () => process.stdout.write(`READY ${JSON.stringify({ issuer })}\n`))
const stop = () => server.close(() => process.exit(0))
process.once('SIGTERM', stop)
process.once('SIGINT', stop)
