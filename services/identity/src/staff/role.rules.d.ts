/** What each role may do. A person's scopes are those of all their roles together. */
export declare const ROLES: string[]
/** Every scope there is. */
export declare const ALL_SCOPES: readonly string[]
export declare function scopesOf(roles: readonly string[]): string[]
