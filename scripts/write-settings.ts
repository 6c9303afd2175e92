import { readFileSync, writeFileSync } from 'node:fs'
import type { z } from 'zod'
import { SERVICES } from './compose-supergraph.ts'
import { ROOT } from './stack/paths.ts'

const [START, END] = ['<!-- settings -->', '<!-- /settings -->']
const FOLDERS = [...SERVICES.map((name) => `services/${name}`), 'gateway']

/** The table of a service's settings, from the schema that reads them. */
function tableOf(settings: z.ZodObject): string {
  const rows = Object.entries(settings.shape).map(([name, field]) => {
    const { description = '' } = field as z.ZodType
    const fallback = (field as z.ZodType).safeParse(undefined)
    return `| \`${name}\` | ${description} | ${fallback.success ? (fallback.data === undefined ? 'optional' : `\`${String(fallback.data)}\``) : '**required**'} |`
  })
  return ['| setting | what | default |', '|---|---|---|', ...rows].join('\n')
}

/** Renders each README with its table. `NAME_FILE` reads any setting from a file. */
export async function renderSettings(): Promise<Map<string, string>> {
  const pages = new Map<string, string>()
  for (const folder of FOLDERS) {
    const { settings } = (await import(`${ROOT}${folder}/src/config.ts`)) as { settings: z.ZodObject }
    const file = `${ROOT}${folder}/README.md`
    const text = readFileSync(file, 'utf8')
    const before = text.slice(0, text.indexOf(START) + START.length)
    pages.set(file, `${before}\n${tableOf(settings)}\n${text.slice(text.indexOf(END))}`)
  }
  return pages
}

if (import.meta.main) for (const [file, text] of await renderSettings()) writeFileSync(file, text)
