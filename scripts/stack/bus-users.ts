import { readFileSync } from 'node:fs'
import type { Permissions } from '@renmai/platform/events/permissions'
import type { NatsUser } from '@renmai/platform/testing/nats'
import { BUS_PERMISSIONS } from './paths.ts'
import type { Secrets } from './secrets.ts'

/** Every part by its own name, and an operator who may do everything. */
export function busUsers({ busPasswords }: Secrets): NatsUser[] {
  const permissions = JSON.parse(readFileSync(BUS_PERMISSIONS, 'utf8')) as Record<string, Permissions>
  return Object.entries(busPasswords).map(([user, password]) => ({
    user,
    password,
    ...(permissions[user] ? { permissions: permissions[user] } : {}),
  }))
}

/** The address by which one part connects. */
export function asUser(url: string, { busPasswords }: Secrets, user: string): string {
  return `nats://${user}:${busPasswords[user]}@${new URL(url).host}`
}
