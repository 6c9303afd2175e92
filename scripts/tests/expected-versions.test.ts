import { readFileSync } from 'node:fs'
import { type DocumentNode, type InputObjectTypeDefinitionNode, Kind, parse } from 'graphql'
import { expect, it } from 'vitest'
import { SERVICES } from '../compose-supergraph.ts'
import { ROOT } from '../stack/paths.ts'

const inputsOf = (service: string): InputObjectTypeDefinitionNode[] =>
  (parse(readFileSync(`${ROOT}services/${service}/src/gen/schema.graphql`, 'utf8')) as DocumentNode).definitions.filter(
    (node) => node.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION,
  )

/** The type of the object that an input changes: that of its one required id. */
function targetOf({ fields = [] }: InputObjectTypeDefinitionNode): string | undefined {
  const id = fields.find(
    ({ type, directives }) => type.kind === Kind.NON_NULL_TYPE && directives?.some(({ name }) => name.value === 'idOf'),
  )
  const of = id?.directives?.find(({ name }) => name.value === 'idOf')?.arguments?.[0]?.value
  return of?.kind === Kind.STRING ? of.value : undefined
}
const takesVersion = ({ fields = [] }: InputObjectTypeDefinitionNode) => fields.some(({ name }) => name.value === 'expectedVersion')

it('each change of an object that an update checks the version of takes the version as well', () => {
  const [updated, missing]: [string[], string[]] = [[], []]
  for (const service of SERVICES) {
    const inputs = inputsOf(service)
    const updates = inputs.filter((one) => /^(Update|Publish).*Input$/.test(one.name.value) && takesVersion(one))
    // The settings of a tenant have no id.
    const targets = new Set(updates.map(targetOf).filter((one) => one !== undefined))
    updated.push(...targets)
    const changes = inputs.filter((one) => /^(Archive|Restore|Disable|Enable|Revoke|Rotate|Finish|Delete|Set)/.test(one.name.value))
    missing.push(...changes.filter((one) => targets.has(targetOf(one) ?? '') && !takesVersion(one)).map(({ name }) => name.value))
  }
  expect(updated.length).toBeGreaterThan(8)
  expect(missing).toEqual([])
})
