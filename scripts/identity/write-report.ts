import type { Matching } from '../../services/identity/src/matching/match-records.rules.ts'
import type { Quality } from '../../services/identity/src/matching/measure-quality.rules.ts'
import { type FieldModel, type Model, weightOf } from '../../services/identity/src/matching/model.rules.ts'
import type { Estimate } from '../../services/identity/src/matching/quality.rules.ts'
import type { SampledPair } from './choose-sample.ts'
import type { Records } from './read-records.ts'

const STYLE = `body{font:14px/1.5 system-ui,sans-serif;max-width:72rem;margin:2rem auto;padding:0 1rem;color:#222}
table{border-collapse:collapse;margin:.5rem 0 1.5rem}th,td{border-bottom:1px solid #ddd;padding:.2rem .6rem;text-align:left;vertical-align:top}
td.n{text-align:right;font-variant-numeric:tabular-nums}.bar{background:#4a7ebb;height:.8rem;display:inline-block}.differs{background:#fff1d6}`

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')

export const shownEstimate = ({ value, low, high }: Estimate): string => `${value.toFixed(3)} (${low.toFixed(3)}–${high.toFixed(3)})`

export type ReportInput = {
  title: string
  matching: Matching
  quality: Quality
  sample: readonly SampledPair[]
  records: Records
  pairs: number
  clusters: number
}

/** The report as one HTML page that loads nothing. */
export function writeReport({ title, matching, quality, sample, records, pairs, clusters }: ReportInput): string {
  const { model, blocking, bits } = matching
  const facts: [string, string][] = [
    ['Records 记录', String(records.ids.length)],
    ['Compared pairs 比较的记录对', String(blocking.pairs.length)],
    ['Pairs of one person 同一人的记录对', String(pairs)],
    ['Persons with two or more records 有多条记录的人', String(clusters)],
    ['Estimated precision 估计精确率 (95 %)', shownEstimate(quality.precision)],
    ['Estimated recall 估计召回率 (95 %)', shownEstimate(quality.recall)],
    ['Recall of blocking 分块召回率 (95 %)', shownEstimate(quality.blockingRecall)],
    ['Prior of all pairs 先验概率', model.prior.toExponential(2)],
    ['Threshold: link, review 阈值', `${model.thresholds.link.toFixed(3)}, ${model.thresholds.reject.toFixed(3)}`],
  ]
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escape(title)}</title><style>${STYLE}</style>
<h1>${escape(title)}</h1><p>Estimates come from the model alone. Label the sample below to check them.</p>
<table>${facts.map(([name, value]) => `<tr><th>${name}<td class="n">${escape(value)}`).join('')}</table>
<h2>Model 模型</h2>${model.fields.map(fieldTable).join('')}
<h2>Scores of compared pairs 分数分布</h2>${histogram(bits, model)}
<h2>Rules of blocking 分块规则</h2><p>${blocking.rules.map(escape).join(' · ')}</p>
<h2>Pairs to label 待标注的记录对</h2>${sampleTable(sample, records)}</html>
`
}

function fieldTable({ name, columns, levels }: FieldModel): string {
  const rows = levels.map(
    ({ meaning, m, u }) =>
      `<tr><td>${escape(meaning)}<td class="n">${m.toPrecision(3)}<td class="n">${u.toPrecision(3)}<td class="n">${weightOf(m, u).toFixed(2)}`,
  )
  return `<h3>${escape(name)} (${escape(columns.join(', '))})</h3><table><tr><th>level 等级<th>m<th>u<th>weight in bits 权重${rows.join('')}</table>`
}

const STEP = 4

function histogram(bits: Float32Array, { thresholds }: Model): string {
  const counts = new Map<number, number>()
  for (const one of bits) {
    const bin = Math.max(-10, Math.min(10, Math.floor(one / STEP)))
    counts.set(bin, (counts.get(bin) ?? 0) + 1)
  }
  const most = Math.log10(1 + Math.max(1, ...counts.values()))
  const rows = Array.from({ length: 21 }, (_none, index) => {
    const bin = index - 10
    const count = counts.get(bin) ?? 0
    const width = ((Math.log10(1 + count) / most) * 24).toFixed(1)
    return `<tr><td class="n">${bin * STEP} to ${(bin + 1) * STEP}<td class="n">${count}<td><span class="bar" style="width:${width}rem"></span>`
  })
  const link = Math.log2(thresholds.link / (1 - thresholds.link)).toFixed(1)
  return `<p>Bits; the first and the last row include all beyond them. Bars are logarithmic. Pairs at or above ${link} are linked.</p><table>${rows.join('')}</table>`
}

function sampleTable(sample: readonly SampledPair[], { ids, columns, values }: Records): string {
  const head = `<tr><th>probability 概率<th>linked 已合并<th>id${columns.map(({ name }) => `<th>${escape(name)}`).join('')}`
  const row = (record: number, other: number, first: string) =>
    `<tr>${first}<td>${escape(ids[record]!)}${values[record]!.map((value, at) => `<td${value === values[other]![at] ? '' : ' class="differs"'}>${escape(value)}`).join('')}`
  const rows = sample.map(
    ({ a, b, probability, isLinked }) =>
      row(a, b, `<td class="n" rowspan="2">${probability.toFixed(4)}<td rowspan="2">${isLinked ? 'yes 是' : 'no 否'}`) + row(b, a, ''),
  )
  return `<table>${head}${rows.join('')}</table>`
}
