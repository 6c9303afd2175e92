import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLog } from '@renmai/platform/serve/log'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Settings } from '../config.ts'
import { findProviderBy } from './find-provider.ts'

let [server, issuer, metadata, reads]: [Server, string, object | undefined, number] = [undefined as never, '', undefined, 0]
beforeAll(async () => {
  server = createServer((request, response) => {
    reads++
    if (request.url !== '/.well-known/openid-configuration' || !metadata) response.statusCode = 404
    response.end(JSON.stringify(metadata ?? {}))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => server.close())

const find = (clientId?: string) =>
  findProviderBy({ OIDC_ISSUER: issuer, EXPLORER_CLIENT_ID: clientId, EXPLORER_SCOPE: 'openid' } as Settings, createLog('test', 'silent'))
const endpoints = { authorization_endpoint: 'https://id.example/authorize', token_endpoint: 'https://id.example/token' }

describe('the provider of the explorer', () => {
  it('is none without a client id, and is not queried', async () => {
    const before = reads
    expect(await find()()).toBeUndefined()
    expect(reads).toBe(before)
  })

  it('is read from its discovery document once', async () => {
    metadata = { issuer, ...endpoints, authorization_response_iss_parameter_supported: true }
    const [before, findOne] = [reads, find('explorer')]
    const wanted = {
      issuer,
      clientId: 'explorer',
      scope: 'openid',
      params: '',
      namesIssuer: true,
      tokenEndpoint: 'https://id.example/token',
    }
    expect(await findOne()).toMatchObject(wanted)
    expect(await findOne()).toMatchObject(wanted)
    expect(reads).toBe(before + 1)
  })

  it.each([
    ['that names another issuer', () => ({ issuer: 'https://other.example', ...endpoints })],
    ['whose endpoint is no web address', () => ({ issuer, ...endpoints, authorization_endpoint: 'javascript:alert(1)' })],
    ['that does not answer', () => undefined],
  ])('is none for a document %s, until there is a good one', async (_what, bad) => {
    const findOne = find('explorer')
    metadata = bad()
    expect(await findOne()).toBeUndefined()
    metadata = { issuer, ...endpoints }
    expect(await findOne()).toMatchObject({ issuer, namesIssuer: false })
  })
})
