import { GraphQLDate, GraphQLDateTimeISO } from 'graphql-scalars'
import { GraphQLScalarType } from 'graphql'

const DateOnly = new GraphQLScalarType({ ...GraphQLDate.toConfig(), serialize: (value) => (typeof value === 'string' ? value : GraphQLDate.serialize(value)) })

/** Scalars that every subgraph has. */
export const scalars = { DateTime: GraphQLDateTimeISO, Date: DateOnly }
