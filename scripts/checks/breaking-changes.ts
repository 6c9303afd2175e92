import { Supergraph } from '@apollo/federation-internals'
import { CriticalityLevel, diff } from '@graphql-inspector/core'

/** What clients of the old schema would miss in the new one, comparing what clients see. */
export async function breakingChanges(oldSupergraph: string, newSupergraph: string): Promise<string[]> {
  const [before, after] = [oldSupergraph, newSupergraph].map((sdl) =>
    Supergraph.build(sdl, { supportedFeatures: null }).apiSchema().toGraphQLJSSchema(),
  )
  const changes = await diff(before!, after!)
  return changes.filter((change) => change.criticality.level === CriticalityLevel.Breaking).map((change) => change.message)
}
