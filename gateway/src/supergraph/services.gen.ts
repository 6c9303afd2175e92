// Written by npm run compose.
/** The services that publish events and answer a part of the schema. */
export const SERVICES = [
  "analytics",
  "campaign",
  "compliance",
  "engagement",
  "identity"
] as const
