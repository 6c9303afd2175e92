// Written by npm run compose.
/** Every scope that something in the schema needs. */
export const SCOPES = [
  "analytics:read",
  "analytics:write",
  "audit:read",
  "campaigns:read",
  "campaigns:write",
  "channels:read",
  "channels:write",
  "consents:read",
  "consents:write",
  "customers:read",
  "customers:write",
  "documents:write",
  "events:write",
  "exports:write",
  "messages:read",
  "messages:write",
  "orders:read",
  "orders:write",
  "personal:read",
  "quarantine:read",
  "quarantine:write",
  "tenant:admin",
  "webhooks:read",
  "webhooks:write"
] as const
