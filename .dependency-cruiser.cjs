/** The direction of imports. Each rule has a file under scripts/checks/fixtures that proves it bites. */
const ROOT = '^(?:scripts/checks/fixtures/)?'
const engagement = `${ROOT}services/engagement/src`
const service = `${ROOT}services/((?!platform/)[^/]+)/src`

module.exports = {
  forbidden: [
    {
      name: 'contracts-depend-on-nothing',
      comment: 'proto/ holds contracts: it may not import runtime code.',
      severity: 'error',
      from: { path: `${ROOT}proto/` },
      to: { path: `${ROOT}(services|gateway)/` },
    },
    {
      name: 'platform-knows-no-service',
      comment: 'services/platform is what services stand on. Move what needs a service into that service.',
      severity: 'error',
      from: { path: `${ROOT}services/platform/src` },
      to: { path: `${ROOT}(services/(?!platform)|gateway)` },
    },
    {
      name: 'services-are-strangers',
      comment: 'No service imports another. Ask it over NATS (proto/) or listen to its events.',
      severity: 'error',
      from: { path: service },
      to: { path: `${ROOT}services/(?!platform)`, pathNot: `${ROOT}services/$1/` },
    },
    {
      name: 'gateway-holds-no-business',
      comment: 'The gateway reads its supergraph; it imports no service.',
      severity: 'error',
      from: { path: `${ROOT}gateway/src` },
      to: { path: `${ROOT}services/(?!platform)` },
    },
    {
      name: 'rules-are-pure',
      comment: 'A rule would be true on paper: no database, no GraphQL, no bus. Pass what it needs as arguments.',
      severity: 'error',
      from: { path: '[.]rules[.]ts$' },
      to: {
        path: `node_modules/(drizzle-orm|pg|graphql|@nats-io|fastify|undici)/|${ROOT}services/platform/src/(?!serve/errors[.]ts|[a-z]+/[a-z-]+[.]rules[.]ts)`,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'tables-are-shapes',
      comment: 'A table file says how rows are stored and imports drizzle, columns, and types only.',
      severity: 'error',
      from: { path: '[.]table[.]ts$' },
      to: {
        path: `${ROOT}services/`,
        pathNot: `[.]table[.]ts$|${ROOT}services/platform/src/(db/columns|work/leased)[.]ts`,
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'connectors-know-no-feature',
      comment: 'A connector translates between its platform and the words of connectors/incoming.ts; features work with these words.',
      severity: 'error',
      from: { path: `${engagement}/connectors/([^/]+)/`, pathNot: '[.]test[.]ts$' },
      to: { path: `${engagement}/`, pathNot: `${engagement}/connectors/($1/|[^/]+[.]ts$)|/gen/` },
    },
    {
      name: 'features-know-no-connector',
      comment: 'Features find a connector in connectors.ts and use the members of connector.ts.',
      severity: 'error',
      from: { path: `${engagement}/`, pathNot: `${engagement}/connectors/([^/]+/|connectors[.]ts$)|[.]test[.]ts$` },
      to: { path: `${engagement}/connectors/[^/]+/` },
    },
    {
      name: 'resolvers-translate',
      comment: 'A resolver turns GraphQL into a call: move SQL into a verb, a query or a loader.',
      severity: 'error',
      from: { path: '[.]resolvers[.]ts$' },
      to: { path: 'node_modules/(drizzle-orm|pg)/' },
    },
    {
      name: 'features-borrow-no-verb',
      comment: 'Of another feature import tables, rules, loaders, and what its <noun>.ts offers.',
      severity: 'error',
      from: { path: `${service}/([^/]+)/`, pathNot: '[.]test[.]ts$' },
      to: {
        path: `${ROOT}services/$1/src/[^/]+/`,
        pathNot: `/src/($2|gen)/|[.](table|rules|loaders|gen)[.]ts$|/([a-z-]+?)(?:s?/\\3|ies/\\3y)[.]ts$|/src/connectors/`,
      },
    },
    {
      name: 'tests-are-not-shipped',
      comment: 'What runs imports no test, no fixture and no test helper: move what both need into a file of its own.',
      severity: 'error',
      from: { path: `${ROOT}(services/[a-z]+|gateway)/src/`, pathNot: `[.]test[.]ts$|${ROOT}services/platform/src/testing/` },
      to: { path: `[.]test[.]ts$|${ROOT}(services/[a-z]+|gateway)/test/|${ROOT}services/platform/src/testing/` },
    },
    {
      name: 'no-cycles',
      comment: 'Two files that need each other are one, or hide a third; a type that both need stands in the lower one.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(/dist/|/gen/|gateway/pages/|\\.renmai|\\.tools)' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'], extensions: ['.ts', '.js'] },
  },
}
