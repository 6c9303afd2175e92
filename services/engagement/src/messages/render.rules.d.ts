import type { Template } from '../templates/template.table.ts'
export type Rendered = {
  subject: string
  body: string
}
/** @returns the text, or why there is none */
export declare function render(
  template: Template,
  variables: Record<string, string>,
  displayName: string,
):
  | Rendered
  | {
      problem: string
    }
