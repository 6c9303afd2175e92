/** One object of each kind of a tenant: ids by type, and other names of objects by the field that takes them. */
export type World = { ids: Record<string, string>; texts: Record<string, string> }

export type Made = Record<string, Record<string, string>>
export type Query = <T>(query: string, variables?: object) => Promise<T>
export type Run = (name: string, selection: string, input: object) => Promise<Made>

/** State that the makers of a world share: the ids so far, a unique name, and functions to write and read. */
export type Maker = {
  ids: World['ids']
  name: string
  query: Query
  run: Run
  make: (type: string, mutation: string, payload: string, input: object) => Promise<void>
}
