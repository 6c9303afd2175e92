/** A message's text. A variable that is missing stops the message: nobody is sent a blank or a placeholder. */
import { Liquid } from 'liquidjs'
import type { Template } from '../templates/template.table.ts'

const engine = new Liquid({
  strictVariables: true,
  strictFilters: true,
  ownPropertyOnly: true,
  parseLimit: 50_000,
  renderLimit: 200,
  memoryLimit: 1_000_000,
  cache: 500,
})

export type Rendered = { subject: string; body: string }

/** @returns the text, or why there is none */
export function render(template: Template, variables: Record<string, string>, displayName: string): Rendered | { problem: string } {
  const scope = { ...variables, customer: { name: displayName || '您' } }
  try {
    return {
      subject: engine.parseAndRenderSync(template.subjectTemplate, scope),
      body: engine.parseAndRenderSync(template.bodyTemplate, scope),
    }
  } catch {
    return { problem: 'TEMPLATE_VARIABLE_MISSING' }
  }
}
