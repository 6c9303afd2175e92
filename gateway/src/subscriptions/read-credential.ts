const NAME = 'authorization'

/**
 * The value of Authorization in the parameters of a WebSocket connection, in any spelling: names of headers have no case, and some
 * clients send their headers as one object.
 */
export function readCredential(params: Readonly<Record<string, unknown>> | undefined): string | undefined {
  const values = new Map(Object.entries(params ?? {}).map(([name, value]) => [name.toLowerCase(), value]))
  const [own, headers] = [values.get(NAME), values.get('headers')]
  if (typeof own === 'string') return own
  return typeof headers === 'object' && headers !== null && !Array.isArray(headers) ? readOwn(headers) : undefined
}

function readOwn(headers: object): string | undefined {
  const value: unknown = Object.entries(headers).find(([name]) => name.toLowerCase() === NAME)?.[1]
  return typeof value === 'string' ? value : undefined
}
