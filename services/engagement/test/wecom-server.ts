import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

/** Plays WeCom for one corp: returns a token for its secret, and accepts any call with the token but `refuse`. Records its calls. */
export async function startWecom(corp: { corpId: string; secret: string }) {
  const wecom = {
    url: '',
    did: [] as string[],
    bodies: [] as Record<string, unknown>[],
    refuse: '',
    gettokens: 0,
    beforeToken: async () => {},
    close: async () => {},
  }
  const answer = async (url: URL, body: string) => {
    const path = url.pathname.replace('/cgi-bin/', '')
    if (path === 'gettoken') {
      wecom.gettokens++
      await wecom.beforeToken()
      const isRight = url.searchParams.get('corpid') === corp.corpId && url.searchParams.get('corpsecret') === corp.secret
      return isRight
        ? { errcode: 0, access_token: 'token-of-the-corp', expires_in: 7_200 }
        : { errcode: 40001, errmsg: 'invalid credential' }
    }
    if (url.searchParams.get('access_token') !== 'token-of-the-corp') return { errcode: 40014, errmsg: 'invalid access_token' }
    wecom.did.push(path)
    wecom.bodies.push(body ? (JSON.parse(body) as Record<string, unknown>) : {})
    if (wecom.refuse === path) return { errcode: 40058, errmsg: 'invalid request' }
    const external_contact = { name: '王秘密', unionid: 'union-secret' }
    return { errcode: 0, name: 'app', external_contact, config_id: 'c', qr_code: 'https://qr.example/c', msgid: 'm' }
  }
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += String(chunk)))
    request.on('end', () => void answer(new URL(request.url!, 'http://wecom'), body).then((said) => response.end(JSON.stringify(said))))
  }).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.once('listening', resolve))
  wecom.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  wecom.close = async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
  return wecom
}
