import { describe, expect, it } from 'vitest'
import { checkNodes, nodesSchema } from './journey.rules.ts'

describe('a journey', () => {
  const check = (nodes: object[]) => checkNodes(nodesSchema.parse(nodes))
  const id = '0199f000-0000-7000-8000-000000000001'
  const send = { id: 'send', messageTemplateId: id, purpose: 'p', next: 'end' }
  const end = { exit: { id: 'end' } }

  it('that leads everywhere and ends is accepted', () => check([{ wait: { id: 'w', wait: 'PT1S', next: 'send' } }, { send }, end]))

  it.each([
    ['leads to a step that is not there', [{ send: { ...send, next: 'gone' } }]],
    ['has a step that nothing leads to', [{ send }, end, { exit: { id: 'lost' } }]],
    ['goes round', [{ wait: { id: 'a', wait: 'PT1S', next: 'b' } }, { wait: { id: 'b', wait: 'PT1S', next: 'a' } }]],
    ['has no exit', [{ wait: { id: 'a', wait: 'PT1S' } }]],
    ['names a step twice', [{ send }, end, end]],
    ['sends nothing', [{ send: { id: 'a', next: 'end' } }, end]],
    ['sends without a purpose', [{ send: { ...send, purpose: null } }, end]],
    ['splits without a condition', [{ split: { id: 'a', next: 'end', otherwise: 'end' } }, end]],
    ['waits for nothing', [{ wait: { id: 'a', next: 'end' } }, end]],
    ['waits until no time of day', [{ waitUntil: { id: 'a', timeOfDay: '24:00', next: 'end' } }, end]],
    ['waits until a time in no zone', [{ waitUntil: { id: 'a', timeOfDay: '09:00', zone: 'Mars/Base', next: 'end' } }, end]],
    ['has a step of two kinds', [{ ...end, wait: { id: 'a', wait: 'PT1S', next: 'end' } }]],
    ['has a step of no kind', [{}, end]],
  ])('that %s is refused', (_why, nodes) => expect(() => check(nodes)).toThrow())
})
