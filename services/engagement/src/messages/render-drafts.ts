import type { Templates, TextProblem, Texts, Values } from '@renmai/platform/render/templates'
import type { Template } from '../templates/template.table.ts'
import type { Message } from './message.table.ts'

export type Rendered = { subject: string; body: string }
export type Drafted = Rendered | { problem: string }

/** A message with the parts of its text. */
export type Draft = { message: Pick<Message, 'id' | 'variables'>; template: Template; displayName: string }

const PROBLEMS = {
  VARIABLE_MISSING: 'TEMPLATE_VARIABLE_MISSING',
  INVALID: 'TEMPLATE_INVALID',
  TOO_HEAVY: 'TEMPLATE_TOO_HEAVY',
} as const satisfies Record<TextProblem['problem'], string>

/**
 * Renders messages of a tenant. A missing variable stops its message: no customer gets a blank or a placeholder. So does a missing name,
 * unless the text states what stands in its place: {{ customer.name | default: '您' }}.
 * @returns by the message's id the text, or the problem
 */
export async function renderDrafts(templates: Templates, tenantId: string, drafts: readonly Draft[]): Promise<Map<string, Drafted>> {
  const keyOf = ({ id, version }: Template) => `${id}|${version}`
  const sources = new Map(drafts.map(({ template }) => [keyOf(template), [template.subjectTemplate, template.bodyTemplate]]))
  const texts = await templates.renderMessages(
    tenantId,
    sources,
    drafts.map(({ message: { variables }, template, displayName }) => ({
      template: keyOf(template),
      values: { ...variables, customer: named(displayName) },
    })),
  )
  return new Map(drafts.map(({ message }, no) => [message.id, outcomeOf(texts[no]!)]))
}

const named = (name: string): Values => (name ? { name } : {})

function outcomeOf(text: Texts): Drafted {
  if ('problem' in text) return { problem: PROBLEMS[text.problem] }
  const [subject, body] = text.texts as [string, string]
  return { subject, body }
}
