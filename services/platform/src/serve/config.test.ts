import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { baseSettings, parseConfig } from './config.ts'

describe('config', () => {
  it('names all wrong settings together and never their values', () => {
    const failing = () => parseConfig(baseSettings, { DATABASE_URL: 'hunter2', PORT: 'eighty' })
    expect(failing).toThrow(/DATABASE_URL[\s\S]*RELAY_DATABASE_URL|RELAY_DATABASE_URL[\s\S]*DATABASE_URL/)
    expect(failing).toThrow(/PORT/)
    expect(failing).not.toThrow(/hunter2/)
  })

  it('has no default for a secret', () => {
    const secrets = ['INTERNAL_SECRETS', 'DATABASE_URL', 'RELAY_DATABASE_URL'] as const
    for (const name of secrets) expect(baseSettings.shape[name].safeParse(undefined).success).toBe(false)
    expect(parseConfig(z.object({ A: z.string() }), { A: 'x' })).toEqual({ A: 'x' })
  })
})
