/** A signed right to send or fetch one import's file, for an hour. */
export declare function signTicket(key: string, tenantId: string, importId: string, now: Date): string
/** @throws AppError NOT_FOUND for a forged or expired ticket: nothing is said about what exists */
export declare function checkTicket(key: string, tenantId: string, importId: string, ticket: string, now: Date): void
