/** Names that differ only in case, width or surrounding space are the same name. */
export declare function foldName(name: string): string
