import { drill } from './drill.ts'

const tell = (line: string) => void process.stdout.write(`${line}\n`)
const wrong = await drill(tell)
for (const line of wrong) tell(`✗ ${line}`)
tell(JSON.stringify({ wrong: wrong.length }))
process.exit(wrong.length === 0 ? 0 : 1)
