/** What a resolver hands on to the resolvers below it: a row of the service's own, or what a use case returned. */
// oxlint-disable-next-line typescript/no-explicit-any -- rows of many shapes meet here; the schema decides what is read
export type Row = any
