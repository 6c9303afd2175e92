/** A signed right to fetch one file, for a quarter of an hour; it says whom it was given. */
export declare function signTicket(key: string, tenantId: string, operationId: string, viewerId: string, now: Date): string
/**
 * @returns whom it was given
 * @throws AppError NOT_FOUND for a forged or expired ticket: nothing is said about what exists
 */
export declare function checkTicket(key: string, tenantId: string, operationId: string, ticket: string, now: Date): string
