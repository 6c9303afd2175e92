import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql'
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

/**
 * A moment. A time that is none is read as a Date without a time, which `readArguments` refuses, so that in a list of items a wrong time
 * need not refuse the others.
 */
const GraphQLMoment = new GraphQLScalarType<Date, string>({
  ...GraphQLDateTimeISO.toConfig(),
  name: 'DateTime',
  parseValue: (value) => momentOr(() => GraphQLDateTimeISO.parseValue(value)),
  parseLiteral: (node: ValueNode) => momentOr(() => GraphQLDateTimeISO.parseLiteral(node)),
})

function momentOr(read: () => Date): Date {
  try {
    return read()
  } catch {
    return new Date(Number.NaN)
  }
}

/** Scalars that every subgraph has. */
export const scalars = {
  DateTime: GraphQLMoment,
  Date: GraphQLDay,
  Decimal: textOf('Decimal', '19.99'),
  CurrencyCode: textOf('CurrencyCode', 'CNY'),
  Duration: textOf('Duration', 'P30D'),
}
