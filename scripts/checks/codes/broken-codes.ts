import { Kind, parse } from 'graphql'
import { ALWAYS, KEYED } from '../../sdl/errors.ts'
import { MADE, type Reached } from './reach-codes.ts'

/**
 * Mutations whose enum of codes is not what their code can fail with. A client handles each code of an enum: a missing one reaches no
 * branch of it, and one too many is a branch for nothing.
 * @param sdl the whole SDL of a service
 * @param reached what each mutation of it can fail with
 */
export function brokenCodes(sdl: string, reached: ReadonlyMap<string, Reached>): string[] {
  const enums = enumsIn(sdl)
  return mutationsIn(sdl).flatMap((mutation) => {
    const name = `${mutation[0]!.toUpperCase()}${mutation.slice(1)}ErrorCode`
    const [codes, found] = [enums.get(name), reached.get(mutation) ?? reached.get(MADE)]
    if (!codes || !found) return [`Mutation.${mutation} needs ${codes ? 'a resolver' : `userErrors of its own type, with ${name}`}`]
    const own = codes.filter((code) => !(code in ALWAYS) && !(code in KEYED))
    const [missing, spare] = [
      [...found.codes].filter((code) => !own.includes(code)),
      own.filter((code) => !found.codes.has(code) && !found.possible.has(code)),
    ]
    return [
      ...missing.map((code) => `${name} lacks ${code}, which ${mutation} can fail with`),
      ...spare.map((code) => `${name} has ${code}, which ${mutation} never fails with`),
      ...[...found.uncoded].map((place) => `${mutation} fails without a code of its own; declare one in <noun>.failures.ts: ${place}`),
    ]
  })
}

const enumsIn = (sdl: string) =>
  new Map(
    parse(sdl).definitions.flatMap((one) =>
      one.kind === Kind.ENUM_TYPE_DEFINITION ? [[one.name.value, (one.values ?? []).map(({ name }) => name.value)] as const] : [],
    ),
  )

const mutationsIn = (sdl: string): string[] =>
  parse(sdl).definitions.flatMap((one) =>
    one.kind === Kind.OBJECT_TYPE_DEFINITION && one.name.value === 'Mutation' ? (one.fields ?? []).map(({ name }) => name.value) : [],
  )
