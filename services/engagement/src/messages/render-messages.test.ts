import { Templates } from '@renmai/platform/render/templates'
import { newId } from '@renmai/platform/serve/ids'
import { describe, expect, it } from 'vitest'
import { renderDrafts } from './render-drafts.ts'

const tenantId = newId()
const template = {
  tenantId,
  id: newId(),
  version: 1,
  channel: 'EMAIL',
  subjectTemplate: '{{ customer.name }}',
  bodyTemplate: '券 {{ coupon }}',
}
const templates = new Templates()
const render = async (
  bodyTemplate: string,
  variables: Record<string, string>,
  displayName = '王',
  subjectTemplate = template.subjectTemplate,
) => {
  const draft = { message: { id: 'm', variables }, template: { ...template, id: newId(), bodyTemplate, subjectTemplate }, displayName }
  return (await renderDrafts(templates, tenantId, [draft])).get('m')
}

describe('messages', () => {
  it('are rendered, and never with a blank instead of a variable', async () => {
    expect(await render('券 {{ coupon }}', { coupon: 'A1' })).toEqual({ subject: '王', body: '券 A1' })
    expect(await render('券 {{ coupon }}', {})).toEqual({ problem: 'TEMPLATE_VARIABLE_MISSING' })
  })

  it('without a name have the default of their text, in its language, and are not sent without one', async () => {
    expect(await render("{{ customer.name | default: 'friend' }}", {}, '', 'Hi')).toEqual({ subject: 'Hi', body: 'friend' })
    expect(await render('{% if customer.name %}{{ customer.name }}{% else %}您{% endif %}', {}, '', 'Hi')).toEqual({
      subject: 'Hi',
      body: '您',
    })
    expect(await render("{{ customer.name | default: 'friend' }}", {})).toEqual({ subject: '王', body: '王' })
    expect(await render('券', {}, '')).toEqual({ problem: 'TEMPLATE_VARIABLE_MISSING' })
  })

  it('run no code from a template', async () => {
    for (const body of ["{{ coupon.constructor.constructor('return process')() }}", '{{ customer.__proto__ }}', '{{ constructor }}'])
      expect(await render(body, { coupon: 'x' })).toEqual({ problem: expect.stringMatching(/^TEMPLATE_(VARIABLE_MISSING|INVALID)$/) })
  })

  it('of templates that were published before a tag was refused are refused', async () =>
    expect(await render("{% include 'package.json' %}", {})).toEqual({ problem: 'TEMPLATE_INVALID' }))

  it('each get the text of their own template and version', async () => {
    const drafts = [1, 2].map((version) => ({
      message: { id: `m${version}`, variables: {} },
      template: { ...template, version, bodyTemplate: `v${version}` },
      displayName: '王',
    }))
    const texts = await renderDrafts(templates, tenantId, drafts)
    expect([texts.get('m1'), texts.get('m2')]).toMatchObject([{ body: 'v1' }, { body: 'v2' }])
  })
})
