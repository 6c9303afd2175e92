import { rmSync, writeFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { newId } from '../serve/ids.ts'
import { Templates } from './templates.ts'

const CANARY = 'canary-of-the-working-folder.liquid'
beforeAll(() => writeFileSync(CANARY, 'CANARY {{ secret }}'))
afterAll(() => rmSync(CANARY))

const templates = new Templates()
const one = async (source: string, values = {}, tenant = newId()) =>
  (await templates.renderMessages(tenant, new Map([['t', [source]]]), [{ template: 't', values }]))[0]!

/** Loops of 10^depth rounds that write nothing. */
const nested = (depth: number) => `${'{% for i in (1..100) %}'.repeat(depth)}${'{% endfor %}'.repeat(depth)}`
/** Doubles a text and then sorts its letters, in one call in which the library does not check the clock. */
const heavyFilter = `{% assign a = "${'ab'.repeat(5_000)}" %}{% for i in (1..40) %}{% assign b = a | split: "" | sort_natural %}{% endfor %}`

describe('a text', () => {
  it.each([
    ['include', `{% include '${CANARY}' %}`],
    ['include', `{% include "./${CANARY}" %}`],
    ['render', `{% render '${CANARY}' %}`],
    ['layout', `{% layout '${CANARY}' %}`],
    ['block', '{% block a %}x{% endblock %}'],
    ['tablerow', '{% tablerow i in (1..2) %}x{% endtablerow %}'],
    ['increment', '{% increment n %}'],
    ['decrement', '{% decrement n %}'],
    ['liquid', `{% liquid\n include '${CANARY}' %}`],
  ])('has no tag %s: %s', async (tag, source) => {
    expect(await templates.readSources(newId(), [source])).toEqual([{ problem: 'TAG', tag }])
    expect(await one(source, { secret: 's' })).toEqual({ problem: 'INVALID' })
  })

  it.each([
    "{{ name.constructor.constructor('return process')() }}",
    '{{ name.__proto__ }}',
    '{{ customer.__proto__.polluted }}',
    '{{ customer.constructor.name }}',
    '{{ constructor }}',
    '{{ process.env }}',
    '{{ globalThis }}',
  ])('sees the values that it is given and nothing else: %s', async (source) =>
    expect(await one(source, { name: 'x', customer: { name: 'y' } })).not.toHaveProperty('texts'),
  )

  it('keeps nothing for the next one', async () => {
    const tenant = newId()
    expect(await one('{% assign kept = name %}{{ kept }}', { name: 'x' }, tenant)).toEqual({ texts: ['x'] })
    expect(await one('{{ kept }}', {}, tenant)).toEqual({ problem: 'VARIABLE_MISSING' })
  })

  it('that cannot be parsed is refused with its line, and the names that a valid one uses are returned', async () => {
    const sources = ['ok\n{% if %}', '{% nothing %}', '{{ a }} {% for i in (1..3) %}{{ b | upcase }}{{ i }}{% endfor %}']
    expect(await templates.readSources(newId(), sources)).toEqual([
      { problem: 'SYNTAX', line: 2 },
      { problem: 'TAG', tag: 'nothing' },
      { variables: ['a', 'b'] },
    ])
  })

  it.each([
    ['loops', nested(9)],
    ['a filter over a long text', heavyFilter],
    ['memory', `{% assign a = "${'x'.repeat(1_000)}" %}{% for i in (1..60) %}{% assign a = a | append: a %}{% endfor %}`],
    ['output', `{% for i in (1..1000000) %}${'y'.repeat(10_000)}{% endfor %}`],
    ['many loops', nested(500)],
  ])('that takes too much (%s) is refused alone, and its neighbours are rendered', async (_what, source) => {
    const sources = new Map([
      ['heavy', [source]],
      ['light', ['Hi {{ name }}']],
    ])
    const messages = ['light', 'heavy', 'heavy', 'light'].map((template, no) => ({ template, values: { name: `n${no}` } }))
    const tenant = newId()
    const answer = [{ texts: ['Hi n0'] }, { problem: 'TOO_HEAVY' }, { problem: 'TOO_HEAVY' }, { texts: ['Hi n3'] }]
    expect(await templates.renderMessages(tenant, sources, messages)).toEqual(answer)
  })
})

describe('rendering', () => {
  it('does not block this thread', async () => {
    let turns = 0
    const timer = setInterval(() => turns++, 1)
    await one(nested(9))
    clearInterval(timer)
    expect(turns).toBeGreaterThan(0)
  })

  it("of one tenant's heavy texts does not delay another tenant", async () => {
    const [attacker, other] = [newId(), newId()]
    // Both threads run.
    await Promise.all([one('a', {}, attacker), one('b', {}, other)])
    const ended: string[] = []
    const heavy = Array.from({ length: 12 }, async (_, no) => {
      await templates.renderMessages(attacker, new Map([[`t${no}`, [nested(9)]]]), [{ template: `t${no}`, values: {} }])
      ended.push('attacker')
    })
    const light = one('Hi', {}, other).then(() => ended.push('other'))
    await Promise.all([...heavy, light])
    expect(ended[0]).toBe('other')
  })

  it('of thousands of messages runs a heavy template once', async () => {
    const tenant = newId()
    const messages = Array.from({ length: 2_000 }, () => ({ template: 't', values: {} }))
    const began = process.cpuUsage()
    const texts = await templates.renderMessages(tenant, new Map([['t', [nested(9)]]]), messages)
    expect(new Set(texts.map((text) => JSON.stringify(text)))).toEqual(new Set(['{"problem":"TOO_HEAVY"}']))
    // It takes 50 ms of CPU time, and would take it again for each turn.
    expect(process.cpuUsage(began).user / 1_000).toBeLessThan(1_000)
  })
})
