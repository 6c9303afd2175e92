import { describe, expect, it } from 'vitest'
import { maskText } from './mask.rules.ts'

const ID = '0193f2a4-8d3b-7c1e-9f00-1234567890ab'

describe('a preview', () => {
  it('of JSON keeps names, ids, times, codes and short numbers, and masks all other values', () => {
    const given = {
      id: ID,
      at: '2026-01-02T03:04:05Z',
      status: 'PAID',
      total: 1999,
      isTest: true,
      phone: '13800138000',
      mobile: 13800138000,
      name: 'WANG',
      state: '13800138000',
      tags: ['vip@example.com'],
      '13800138000': 1,
      msg: '{"full_order_info": {"receiver_name": "王"}}',
    }
    expect(JSON.parse(maskText(JSON.stringify(given)))).toEqual({
      id: ID,
      at: '2026-01-02T03:04:05Z',
      status: 'PAID',
      total: 1999,
      isTest: true,
      phone: '•••',
      mobile: '•••',
      name: '•••',
      state: '•••',
      tags: ['•••'],
      '•••': 1,
      msg: '{"full_order_info":{"receiver_name":"•••"}}',
    })
  })

  it('of XML keeps the names of elements and the codes of events', () => {
    const text = '<xml><ToUserName><![CDATA[ww1]]></ToUserName><MsgType>event</MsgType><Phone>13800138000</Phone></xml>'
    expect(maskText(text)).toBe('<ToUserName>•••</ToUserName>\n<MsgType>event</MsgType>\n<Phone>•••</Phone>')
  })

  it.each(['13800138000', '王小明', 'a@b.example', '<', '"13800138000"'])('of %s shows nothing of it', (text) => {
    expect(maskText(text)).not.toMatch(/\d{3}|王|@/)
  })
})
