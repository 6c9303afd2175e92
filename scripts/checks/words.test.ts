import { describe, expect, it } from 'vitest'
import { wordsIn } from './words.ts'

describe('the word list', () => {
  it.each([
    ['a.ts', '/** Tells the gateway. */\nconst told = 1', ['a.ts:1 "Tells"']],
    ['a.ts', "// one\nthrow new Error('Nobody asks for it')", ['a.ts:2 "asks"']],
    ['a.ts', 'throw new Error(`${name} is told nothing`)', ['a.ts:1 "told"']],
    ['a.ts', 'const text = `first\nthe service is asked` // heard', ['a.ts:2 "asked"', 'a.ts:2 "heard"']],
    ['a.ts', '/*\n * Kept for ever,\n * whoever wrote it.\n */', ['a.ts:2 "for ever"', 'a.ts:3 "whoever"']],
    ['a.graphql', '"""\nWhat it says.\n"""\ntype Told { "How." asks: ID }', ['a.graphql:2 "says"', 'a.graphql:4 ""How.""']],
    ['a.proto', '// Mended at once.\nmessage Asked {}', ['a.proto:1 "Mended"', 'a.proto:1 "at once"']],
    ['a.md', 'Give back the lock.\n\n```\ntell\n```\n`ask` [a](ask.md)', ['a.md:1 "Give back"']],
    ['a.yaml', 'ask: told # look after it', ['a.yaml:1 "look after"']],
  ])('finds in the prose of %s: %j', (file, text, found) => {
    expect(wordsIn(file, text).map((one) => one.slice(0, one.lastIndexOf(': ')))).toEqual(found)
  })

  it.each([
    ['a.ts', "import { ask } from './ask.ts'\nask('tell', `told`, { 'heard': told })"],
    ['a.ts', 'const sql = `SELECT id AS asked FROM told`'],
    ['a.ts', '/** Calls `ask`. */ const text = `${told} and more`'],
    ['a.graphql', 'type Told { asks(told: ID = "tell"): ID }'],
    ['a.md', 'A taken update, backgrounds, atonce.'],
  ])('leaves names in %s alone: %j', (file, text) => expect(wordsIn(file, text)).toEqual([]))
})
