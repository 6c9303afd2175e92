import { Templates } from '@renmai/platform/render/templates'
import { newId } from '@renmai/platform/serve/ids'
import { describe, expect, it } from 'vitest'
import { checkLength, checkSource, fillVariables } from './message-template.rules.ts'

describe('a template', () => {
  const variables = [{ name: 'coupon', type: 'COUPON' as const, defaultValue: null }]

  it('uses what it declares and nothing else', async () => {
    const check = async (text: string) => checkSource('body', (await new Templates().readSources(newId(), [text]))[0]!, variables)
    await check('Hi {{ customer.name }} {{ coupon }}')
    await expect(check('{{ phone }}')).rejects.toThrow(/^body uses phone without declaring it$/)
    await expect(check('Hi\n{% if %}')).rejects.toThrow(/^body is not Liquid in line 2$/)
    await expect(check("{% include 'nope' %}")).rejects.toThrow(/^body uses the tag include, which templates do not have$/)
  })

  it('is not longer than its channel takes, in the unit in which the channel counts', () => {
    checkLength('WECOM', '好'.repeat(1_333))
    expect(() => checkLength('WECOM', '好'.repeat(1_334))).toThrow(/^The text is longer than WECOM takes: at most 4000 bytes$/)
    checkLength('TELEGRAM', '好'.repeat(4_096))
    expect(() => checkLength('TELEGRAM', 'x'.repeat(4_097))).toThrow(/at most 4096 characters/)
    checkLength('EMAIL', 'x'.repeat(20_000))
  })

  it('is not sent when a value is missing or of the wrong type', () => {
    expect(fillVariables(variables, { coupon: 'A' })).toEqual({ values: { coupon: 'A' } })
    expect(fillVariables(variables, {})).toEqual({ missing: 'coupon' })
    expect(fillVariables([{ name: 'n', type: 'NUMBER', defaultValue: '1' }], { n: 'many' })).toEqual({ missing: 'n' })
    expect(fillVariables([{ name: 'n', type: 'NUMBER', defaultValue: '1' }], {})).toEqual({ values: { n: '1' } })
  })
})
