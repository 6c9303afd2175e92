import { GraphQLError, GraphQLScalarType, Kind } from 'graphql'
import { GraphQLDateTimeISO } from 'graphql-scalars'

/** An existing calendar day, as text: a Date would add a time and a zone. */
function readDay(value: unknown): string {
  const isDay =
    typeof value === 'string' &&
    /^\d{4}-\d{2}-\d{2}$/.test(value) &&
    Number.isFinite(Date.parse(value)) &&
    new Date(value).toISOString().startsWith(value)
  if (!isDay) throw new GraphQLError('A Date is a calendar day such as 2026-11-21', { extensions: { code: 'BAD_USER_INPUT' } })
  return value
}

const GraphQLDay = new GraphQLScalarType<string, string>({
  name: 'Date',
  serialize: readDay,
  parseValue: readDay,
  parseLiteral: (node) => readDay(node.kind === Kind.STRING ? node.value : undefined),
})

/** Text whose form the use cases check, so that a failure names its field. */
function textOf(name: string, form: string): GraphQLScalarType<string, string> {
  const read = (value: unknown): string => {
    if (typeof value !== 'string')
      throw new GraphQLError(`A ${name} is a string such as "${form}"`, { extensions: { code: 'BAD_USER_INPUT' } })
    return value
  }
  return new GraphQLScalarType<string, string>({
    name,
    serialize: read,
    parseValue: read,
    parseLiteral: (node) => read(node.kind === Kind.STRING ? node.value : undefined),
  })
}

/** Scalars that every subgraph has. */
export const scalars = {
  DateTime: GraphQLDateTimeISO,
  Date: GraphQLDay,
  Decimal: textOf('Decimal', '19.99'),
  CurrencyCode: textOf('CurrencyCode', 'CNY'),
  Duration: textOf('Duration', 'P30D'),
}
