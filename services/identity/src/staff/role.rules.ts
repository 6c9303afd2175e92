/** Scopes of each role. A person's scopes are those of all their roles together. */
import type { StaffRole } from '../gen/resolvers.ts'
import { SCOPES } from './scopes.gen.ts'

type Scope = (typeof SCOPES)[number]

const READ: Scope[] = [
  'customers:read',
  'orders:read',
  'campaigns:read',
  'analytics:read',
  'consents:read',
  'messages:read',
  'channels:read',
]

const SCOPES_OF: Record<StaffRole, readonly Scope[]> = {
  OWNER: SCOPES,
  MARKETER: [...READ, 'campaigns:write', 'messages:write', 'quarantine:read'],
  AGENT: [
    'customers:read',
    'orders:read',
    'messages:read',
    'consents:read',
    'personal:read',
    'customers:write',
    'messages:write',
    'consents:write',
  ],
  ANALYST: ['customers:read', 'orders:read', 'campaigns:read', 'analytics:read', 'analytics:write'],
  AUDITOR: ['consents:read', 'audit:read'],
}

export function scopesOf(roles: readonly string[]): string[] {
  return [...new Set(roles.flatMap((role) => SCOPES_OF[role as StaffRole] ?? []))].sort()
}
