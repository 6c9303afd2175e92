import { globSync, readFileSync } from 'node:fs'
import type { DescField, DescFile, DescMessage } from '@bufbuild/protobuf'
import { ScalarType } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'

const files: DescFile[] = []
for (const path of globSync('gen/renmai/**/*_pb.js', { cwd: `${import.meta.dirname}/..` })) {
  const module = (await import(/* @vite-ignore */ new URL(`../${path}`, import.meta.url).href)) as Record<string, DescFile>
  files.push(...Object.values(module).filter((value) => value?.kind === 'file'))
}
const events = files.filter((file) => /\/(events|audit)$/.test(file.name)).flatMap((file) => file.messages)

/** Texts that an event may carry: ids, codes and facts that were decided. A new kind of text is added here on purpose, or not at all. */
const ALLOWED_TEXTS =
  /(_id|_ids|_no|_key)$|^(zone|currency|key|type|channel|platform|purpose|message_class|code|reasons|coupon_codes|subject_template|body_template|name|value|action|actor_kind|reason|status|sku|title|method|sales_channel|campaign_ref|url_path|merged_into)$/
/** `name` and `value` belong to these messages only: decided variables, attributes that are not personal, and categories of goods. */
const NAMED_VALUES = ['Variable', 'AttributeFact', 'CategoryFact']
const PERSONAL = /phone|email|address|display|birthday|id_card|openid|unionid|text|body$|nickname/

const isText = (field: DescField) =>
  (field.fieldKind === 'scalar' || field.fieldKind === 'list') && 'scalar' in field && field.scalar === ScalarType.STRING

describe('events', () => {
  it('are found', () => expect(events.length).toBeGreaterThan(20))

  it.each(events.map((message): [string, DescMessage] => [message.typeName, message]))(
    '%s carries ids and decided facts only',
    (_name, message) => {
      for (const field of message.fields) {
        expect(field.name).not.toMatch(PERSONAL)
        if (isText(field))
          expect(`${message.name}.${field.name}: ${ALLOWED_TEXTS.test(field.name)}`).toBe(`${message.name}.${field.name}: true`)
        if (field.name === 'name' || field.name === 'value') expect(NAMED_VALUES).toContain(message.name)
      }
    },
  )

  it('that are published name their tenant first', () => {
    const parts = new Set(
      events.flatMap((message) => message.fields.flatMap((field) => ('message' in field && field.message ? [field.message.typeName] : []))),
    )
    for (const message of events.filter((one) => !parts.has(one.typeName))) expect(message.fields[0]?.name).toBe('tenant_id')
  })

  it('state in a comment when they are emitted', () => {
    for (const path of globSync('renmai/**/{events,audit}.proto', { cwd: `${import.meta.dirname}/..` })) {
      const text = readFileSync(`${import.meta.dirname}/../${path}`, 'utf8')
      for (const [, name] of text.matchAll(/^message (\w+)/gm)) expect(text).toMatch(new RegExp(`//[^\\n]+\\nmessage ${name} `))
    }
  })
})
