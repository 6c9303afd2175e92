import { failures } from '@renmai/platform/serve/errors'

export const messageTemplateFailure = failures({
  TEMPLATE_VARIABLE_UNDECLARED: ['INVALID', '{field} uses {variables} without declaring it'],
  MESSAGE_TEMPLATE_NOT_FOUND: ['NOT_FOUND', 'There is no such message template'],
  MESSAGE_TEMPLATE_ARCHIVED: ['CONFLICT', 'The message template is archived; restore it first'],
  TEMPLATE_TAG_NOT_ALLOWED: ['INVALID', '{field} uses the tag {tag}, which templates do not have'],
  TEMPLATE_NOT_LIQUID: ['INVALID', '{field} is not Liquid in line {line}'],
  TEMPLATE_TOO_LONG: ['INVALID', 'The text is longer than {channel} takes: at most {most} {unit}'],
  TEMPLATE_TOO_HEAVY: ['INVALID', '{field} takes too long to read; make it shorter'],
})
