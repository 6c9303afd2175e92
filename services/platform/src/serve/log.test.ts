import { Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { createLog } from './log.ts'

describe('logs', () => {
  it('never contain canary secrets or personal data, wherever they stand', async () => {
    const canaries = [
      'canary-password',
      'canary-token',
      '13912345678',
      'canary@mail.example',
      'rm_live_0199f000000070008000000000000001_abcdefghijkl_secretsecret_00000000',
    ]
    let text = ''
    const sink = new Writable({ write: (chunk, _encoding, done) => ((text += chunk), done()) })
    const log = createLog('test', 'debug', sink)
    log.info(
      { password: canaries[0], deep: { token: canaries[1], phone: canaries[2], list: { email: canaries[3] } } },
      `user ${canaries[3]} called ${canaries[2]}`,
    )
    log.error(
      { err: new Error(`postgres://u:${canaries[0]}@db failed for ${canaries[3]} with Bearer ${canaries[1]} and ${canaries[4]}`) },
      'failed',
    )
    expect(text).toContain('[redacted]')
    for (const canary of canaries) expect(text).not.toContain(canary)
  })

  it.each([
    ['Invalid Opening Quote: a quote is found on field "nm" at line 2, value is "王私密先生"', 'value is "[redacted]"'],
    [`Unexpected token '王', "王私密" is not valid JSON`, 'is not valid JSON'],
    ['Unexpected token in "Li Secret, 5 Road"', 'Unexpected token in "[redacted]"'],
    ['column "tenant_id" does not exist', 'column "tenant_id" does not exist'],
  ])('quote of the message of a library no text that it was given: %s', (message, wanted) => {
    let text = ''
    const log = createLog('test', 'debug', new Writable({ write: (chunk, _encoding, done) => ((text += chunk), done()) }))
    log.error({ err: new SyntaxError(message) }, 'failed')
    const { err } = JSON.parse(text) as { err: { message: string; stack: string } }
    expect(err.message).toContain(wanted)
    for (const part of ['王', '私密', 'Secret']) expect(`${err.message}${err.stack}`).not.toContain(part)
  })
})
