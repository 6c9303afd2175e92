import { execFileSync } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import * as plugin from '@graphql-eslint/eslint-plugin'
import { ESLint, type Linter } from 'eslint'

type Config = { rules: Linter.RulesRecord }
// Its types know the format of older versions of ESLint only.
const { configs, parser, rules } = plugin as unknown as {
  configs: Record<'flat/schema-recommended' | 'flat/schema-relay', Config>
  parser: Linter.Parser
  rules: ESLint.Plugin['rules']
}

/** Types without an id: values that are part of what contains them, and are never found by themselves. */
const VALUES: readonly string[] = [
  'AttributeClause',
  'AttributeContent',
  'AttributeFormat',
  'AttributeJobSample',
  'AttributeValue',
  'AttributedTouch',
  'AttributionReport',
  'AttritionStep',
  'AuditVerification',
  'BehaviourClause',
  'ChannelCredit',
  'ChannelProblem',
  'ChannelSettings',
  'ConnectionStep',
  'ConsentProof',
  'CouponDiscount',
  'CouponShare',
  'CustomerIdentifier',
  'CustomerIdentity',
  'DecidingEvidence',
  'EffectiveConsent',
  'EventProperty',
  'EventSourceSettings',
  'ExitNode',
  'ImportNote',
  'IngestResult',
  'IngestWarning',
  'JourneyNode',
  'JourneyNodeCount',
  'JourneyTrigger',
  'JourneyVariable',
  'KpiDashboard',
  'KpiDay',
  'LiveCodeProblem',
  'LiveCodeStats',
  'LosingValue',
  'MatchComparison',
  'MatchEstimate',
  'MatchExplanation',
  'MatchField',
  'MatchFieldLevel',
  'MatchFieldWeight',
  'MatchIdentifier',
  'MatchReason',
  'MatchScore',
  'MatchSentence',
  'MatchSettings',
  'MergeChange',
  'MergeConflict',
  'MergePreview',
  'MessageTemplateVersion',
  'Money',
  'OrderDateClause',
  'OrderLine',
  'OrderMapping',
  'OrderPayment',
  'OrderRefund',
  'OrderRefundLine',
  'OrderSummary',
  'OrdersClause',
  'PercentOff',
  'Preference',
  'PurposeVersion',
  'QuarantineAction',
  'QuarantineCount',
  'QuarantineParameter',
  'QuarantineReason',
  'RateLimit',
  'Region',
  'RejectionCount',
  'Resolution',
  'ResolutionConflict',
  'ResolvedIdentifier',
  'ReviewDecisionPreview',
  'ReviewReasonCount',
  'RfmClassCount',
  'RfmCuts',
  'RfmScore',
  'SavedViewSort',
  'SegmentChange',
  'SegmentClause',
  'SegmentEnteredTrigger',
  'SegmentPreview',
  'SegmentProblem',
  'SendNode',
  'SentenceParameter',
  'ServiceMergePreview',
  'SmtpSettings',
  'SplitNode',
  'TemplateVariable',
  'TouchpointDetails',
  'TouchpointExtra',
  'UnmappedAttributeKey',
  'WaitNode',
  'WaitUntilNode',
  'WebhookAttempt',
  'WecomSettings',
  'YouzanSettings',
]

/** Exceptions to the rules, each with its reason. */
const EXCEPTIONS: Linter.RulesRecord = {
  '@graphql-eslint/strict-id-in-types': [
    'error',
    { exceptions: { suffixes: ['Connection', 'Edge', 'Payload', 'Error'], types: ['PageInfo', ...VALUES] } },
  ],
  // A connection has `nodes` too, and a list that is bounded by nature (lines of an order) is no connection.
  '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false, shouldImplementNode: true, withEdgeSuffix: true }],
}

/** Single places where a rule does not hold: by the end of its name, the type. */
const PLACES: readonly (readonly [rule: string, type: string, reason: string])[] = [
  ['no-typename-prefix', 'Order', 'platforms call it the order number'],
  ['no-typename-prefix', 'Coupon', 'a coupon template is a noun of its own'],
  ['no-typename-prefix', 'Message', 'a message template is a noun of its own'],
  ['relay-edge-types', 'TimelineEntryEdge', 'an entry only leads to its subject, which is the node'],
]

/**
 * Lints a schema by the rules "schema-recommended" and "schema-relay" of graphql-eslint, in a process of its own: the rules keep
 * what they found of the first schema.
 * @param name path of the schema, for the messages
 */
export function lintSchema(name: string, sdl: string): string[] {
  const script = fileURLToPath(import.meta.url)
  return JSON.parse(execFileSync(process.execPath, [script, name], { input: sdl, encoding: 'utf8', maxBuffer: 64 * 1024 ** 2 }))
}

async function lint(name: string, sdl: string): Promise<string[]> {
  const config: Linter.Config = {
    files: ['**/*.graphql'],
    languageOptions: { parser, parserOptions: { graphQLConfig: { schema: sdl } } },
    plugins: { '@graphql-eslint': { rules } },
    rules: { ...configs['flat/schema-recommended'].rules, ...configs['flat/schema-relay'].rules, ...EXCEPTIONS },
  }
  const eslint = new ESLint({ overrideConfigFile: true, overrideConfig: [config] })
  const [result] = await eslint.lintText(sdl, { filePath: name })
  const lines = sdl.split('\n')
  const typeAt = (line: number) =>
    lines
      .slice(0, line)
      .findLast((text) => /^(type|input|enum|interface) /.test(text))
      ?.split(' ')[1]
  return (result?.messages ?? [])
    .filter(({ ruleId, line }) => !PLACES.some(([rule, type]) => ruleId?.endsWith(rule) && typeAt(line) === type))
    .map(({ line, message, ruleId }) => `${name}:${line} ${message.replaceAll('\n', ' ')} (${ruleId})`)
}

if (import.meta.main) process.stdout.write(JSON.stringify(await lint(process.argv[2]!, await text(process.stdin))))
