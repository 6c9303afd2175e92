import { newId } from '@renmai/platform/serve/ids'
import { ask, type Row, type Stage } from '../../bad-input/row.ts'
import { read } from './tools.ts'

const PUBLISH = 'mutation P($input: PublishMessageTemplateInput!) { publishMessageTemplate(input: $input) { messageTemplate { name } } }'

const publish = async (s: Stage, body: string, more: object = {}) =>
  read(await ask(s, PUBLISH, { input: { idempotencyKey: newId(), name: newId(), channel: 'EMAIL', subject: 's', body, ...more } }))

/** A tag of the library that reads files, keeps counters or makes tables: the answer names the tag only. */
const tag = (no: number, name: string, rest = ''): Row => ({
  id: `template ${no}`,
  what: `a template with the tag ${name} ${rest}`.trimEnd(),
  send: (s) => publish(s, `a{% ${name} ${rest} %}b`),
  status: 200,
  code: new RegExp(`"message":"body uses the tag ${name}, which templates do not have","path"`),
})

const refused = (no: number, what: string, body: string, says: RegExp, more: object = {}): Row => ({
  id: `template ${no}`,
  what: `a template with ${what}`,
  send: (s) => publish(s, body, more),
  status: 200,
  code: says,
})

const UNREADABLE = /"body is not Liquid in line 1"/

export const templateRows: Row[] = [
  tag(1, 'include', "'.renmai/secrets.json'"),
  tag(2, 'include', "'package.json'"),
  tag(3, 'render', "'package.json'"),
  tag(4, 'render', "'nope'"),
  tag(5, 'layout', "'package.json'"),
  tag(6, 'block', "'a'"),
  tag(7, 'tablerow', 'i in (1..1000000)'),
  tag(8, 'increment', 'i'),
  tag(9, 'decrement', 'i'),
  tag(10, 'liquid', "include 'package.json'"),
  refused(11, 'a file in its subject', 'x', /"subject uses the tag include, which/, { subject: "{% include 'package.json' %}" }),
  refused(12, 'a file behind whitespace control', "{%- include 'package.json' -%}", /"body uses the tag include, which/),
  refused(13, 'a file within a condition', "{% if true %}{% include 'a' %}{% endif %}", /"body uses the tag include, which/),
  refused(14, 'a filter that there is none of', "{{ 'a' | constructor }}", /"errors":\[\{"message":"body /),
  refused(15, 'a variable of the process', '{{ process.env }}', /"body uses process without declaring it"/),
  refused(
    16,
    'the names of an object in JavaScript',
    '{{ __proto__ }}{{ constructor.constructor }}',
    /"body uses __proto__, constructor without declaring/,
  ),
  refused(17, 'a tag that is never closed', '{% if a', UNREADABLE),
  refused(18, '1,900 conditions within each other', '{% if a %}'.repeat(1_900), /"errors":\[\{"message":"body /),
]
