type Loader = { clearAll(): unknown }

/** The loaders of each request, by its viewer. */
const loaders = new WeakMap<object, Loader[]>()

/** Lets a later write of the same request clear what this loader has read. */
export function clearsAfterWrites<T extends Loader>(viewer: object, loader: T): T {
  loaders.set(viewer, [...(loaders.get(viewer) ?? []), loader])
  return loader
}

/** Clears the values that a request has read. Otherwise the second of two mutations would return values that the first has loaded. */
export function forgetLoaded(viewer: object): void {
  for (const loader of loaders.get(viewer) ?? []) loader.clearAll()
}
