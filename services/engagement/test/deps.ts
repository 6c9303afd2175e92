import type { Bus } from '@renmai/platform/events/bus'
import { parseKeyRing } from '@renmai/platform/secrets/crypto'
import { testApp } from '@renmai/platform/testing/app'
import type { TestDatabase } from '@renmai/platform/testing/database'
import type { Deps } from '../src/context.ts'
import { engagement } from '../src/service.ts'

const KEYS = JSON.stringify({ current: 1, keys: { 1: Buffer.alloc(32, 1).toString('base64') } })
/** The keys of `testDeps`. */
export const KEY_RING = parseKeyRing(KEYS)

const SETTINGS = {
  KEY_RING: KEYS,
  CURSOR_KEY: 'c'.repeat(32),
  TICKET_KEY: 't'.repeat(32),
  INTAKE_URL: 'https://intake.example',
  PLATFORM_URLS: '{"WECOM":"http://127.0.0.1:1"}',
  EGRESS_ALLOW: '127.0.0.1:1024-65535/smtp',
}

/** Dependencies of engagement over a test's own stores. */
export const testDeps = (test: Pick<TestDatabase, 'urls' | 'db' | 'relayDb'>, bus: Bus, settings: Partial<typeof SETTINGS> = {}): Deps =>
  engagement.open(testApp(engagement.settings, { test, bus }, { ...SETTINGS, ...settings }))
