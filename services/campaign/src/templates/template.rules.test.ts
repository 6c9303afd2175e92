import { Templates } from '@renmai/platform/render/templates'
import { newId } from '@renmai/platform/serve/ids'
import { describe, expect, it } from 'vitest'
import { checkSource, fillVariables } from './template.rules.ts'

describe('a template', () => {
  const variables = [{ name: 'coupon', type: 'COUPON' as const, defaultValue: null }]

  it('uses what it declares and nothing else', async () => {
    const check = async (text: string) => checkSource('body', (await new Templates().readSources(newId(), [text]))[0]!, variables)
    await check('Hi {{ customer.name }} {{ coupon }}')
    await expect(check('{{ phone }}')).rejects.toThrow(/^body uses phone without declaring it$/)
    await expect(check('Hi\n{% if %}')).rejects.toThrow(/^body is not Liquid in line 2$/)
    await expect(check("{% include 'nope' %}")).rejects.toThrow(/^body uses the tag include, which templates do not have$/)
  })

  it('is not sent when a value is missing or of the wrong type', () => {
    expect(fillVariables(variables, { coupon: 'A' })).toEqual({ values: { coupon: 'A' } })
    expect(fillVariables(variables, {})).toEqual({ missing: 'coupon' })
    expect(fillVariables([{ name: 'n', type: 'NUMBER', defaultValue: '1' }], { n: 'many' })).toEqual({ missing: 'n' })
    expect(fillVariables([{ name: 'n', type: 'NUMBER', defaultValue: '1' }], {})).toEqual({ values: { n: '1' } })
  })
})
