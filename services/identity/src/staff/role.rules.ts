/** What each role may do. A person's scopes are those of all their roles together. */

const READ = ['customers:read', 'orders:read', 'campaigns:read', 'analytics:read', 'consents:read', 'messages:read', 'channels:read']

const SCOPES_OF: Record<string, readonly string[]> = {
  OWNER: [
    ...READ,
    'personal:read',
    'customers:write',
    'orders:write',
    'events:write',
    'channels:write',
    'messages:write',
    'campaigns:write',
    'analytics:write',
    'consents:write',
    'audit:read',
    'documents:write',
    'webhooks:read',
    'webhooks:write',
    'exports:write',
    'tenant:admin',
  ],
  MARKETER: [...READ, 'campaigns:write', 'messages:write'],
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

export const ROLES = Object.keys(SCOPES_OF)

/** Every scope there is. */
export const ALL_SCOPES: readonly string[] = SCOPES_OF.OWNER!

export function scopesOf(roles: readonly string[]): string[] {
  return [...new Set(roles.flatMap((role) => SCOPES_OF[role] ?? []))].sort()
}
