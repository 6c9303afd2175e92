/**
 * Reads WeCom's flat XML. Entities are never expanded; a document type, a repeated element or deep nesting is refused.
 * @throws AppError INVALID
 */
export declare function readXml(text: string): Record<string, string>
