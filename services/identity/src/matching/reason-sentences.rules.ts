/** Why two profiles are one customer, or are not, in English and Chinese. */
import type { MatchSentenceRow } from './sentences.rules.ts'

const REASONS = {
  LINKED_BY_PERSON: ['A person ruled that they are one person', '人工判定为同一人'],
  LINKED_BY_MODEL: ['Model {model} joined them', '由模型 {model} 合并'],
  SEPARATED_BY_PERSON: ['A person ruled that they are two people', '人工判定不是同一人'],
  SHARED_IDENTIFIER: ['Both proved the same {kind}, which one person holds', '双方都验证了同一{kind}'],
  TWO_IDENTIFIERS: [
    'They share two identifiers that sources state independently, one of them {kind}',
    '共有两个独立标识，其中之一为{kind}',
  ],
  DEVICE_OF_ONE: ['One is anonymous on a {kind} of which the other is the one known user', '一方为匿名访客，其{kind}只有另一方在使用'],
  SAME_PROFILE: ['They are the same profile', '同一档案'],
  THROUGH_OTHERS: ['Other profiles join them', '经由其他档案相连'],
  DIFFERENT_UNIONIDS: ['They hold different unionids of one subject, so {kind} does not join them', 'unionid 不同，因此{kind}不足以合并'],
  CHANGED_HANDS: [
    'They proved the same {kind} more than a year apart: it may have changed hands',
    '两次验证同一{kind}相隔一年以上，号码可能易主',
  ],
  DIFFERENT_NAME_AND_BIRTHDAY: ['They proved the same {kind} with another name and another birthday', '同一{kind}，但姓名和生日都不同'],
  SHARED_DEVICE: ['One is anonymous on a {kind}, and its devices have several known users', '一方为匿名访客，其{kind}有多个已知使用者'],
  IDENTIFIER_RETRACTED: ['A person ruled that one of them does not carry the {kind}', '人工判定其中一方不再持有该{kind}'],
  IDENTIFIER_BLOCKED: ["A person ruled that the {kind} is nobody's", '该{kind}已被屏蔽'],
  IDENTIFIER_OF_TOO_MANY: ['More profiles carry the {kind} than one person has', '该{kind}的持有者过多'],
  ONE_UNPROVEN: [
    'They share {kind}, which is not proven by both: a second identifier of another kind would join them',
    '共有未经双方验证的{kind}，需再有一个其他标识',
  ],
  PROVES_NOTHING: ['They share {kind}, which families and devices share', '共有的{kind}不足以证明身份'],
  NOTHING_SHARED: ['They share no identifier', '没有共同标识'],
  SURE: ['Model {model} takes them for one person with a probability of {probability}', '模型 {model} 判定为同一人，概率 {probability}'],
  PROBABLE: [
    'Model {model} takes them for one person with a probability of {probability}: a person decides',
    '模型 {model} 认为可能是同一人，概率 {probability}，需人工判定',
  ],
  IMPROBABLE: [
    'Model {model} takes them for two people; the probability of one is {probability}',
    '模型 {model} 判定不是同一人，概率 {probability}',
  ],
  NO_MODEL: ['No model is active', '没有启用的模型'],
  NOT_COMPARABLE: ['They have no values that can be compared', '没有可比较的字段'],
} as const satisfies Record<string, readonly [english: string, chinese: string]>

export type ReasonCode = keyof typeof REASONS

/** @param values values in the sentence by their names */
export function reasonSentence(code: ReasonCode, values: Readonly<Record<string, string>> = {}): MatchSentenceRow {
  const write = (text: string) => text.replace(/\{(\w+)\}/g, (_braces, name: string) => values[name] ?? '')
  const [english, chinese] = REASONS[code]
  const parameters = Object.entries(values).map(([name, value]) => ({ name, value }))
  return { code, english: write(english), chinese: write(chinese), parameters }
}
