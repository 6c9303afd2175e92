import { request } from 'node:http'
import { newId } from '@renmai/platform/ids'
import { eventually } from '@renmai/platform/testing/eventually'
import { expect, it } from 'vitest'
import { csv } from '../../bad-input/file-rows.ts'
import type { Stage } from '../../bad-input/row.ts'
import { put, start } from './import-rows.ts'
import { asAnother } from './tools.ts'

/** As many as all tenants together ever have places. */
const UPLOADS = 30

/** Begins to send a file, and says nothing more. @returns ends it */
function stay({ whole }: Stage, path: string, statuses: (number | undefined)[]): () => void {
  const upload = request(whole.client.endpoints.intake + path, { method: 'PUT', headers: { 'content-type': 'text/csv' } })
  upload.on('error', () => undefined)
  upload.on('response', (answer) => {
    statuses.push(answer.statusCode)
    answer.resume()
  })
  upload.write('order_no,sku')
  return () => upload.destroy()
}

const running = async ({ whole }: Stage) => {
  const text = await (await fetch(whole.client.endpoints.metrics.engagement!)).text()
  return Number(/renmai_admission_running\w*\{[^}]*priority="EXPORT"[^}]*\} (\d+)/.exec(text)?.[1] ?? 0)
}

export function describeUploads(at: () => Stage): void {
  it('uploads that send nothing leave room for the file of another tenant', async () => {
    const [s, other] = [at(), await asAnother(at())]
    const line = () => csv(`${newId().slice(-12)},a,A,1,2026-01-01 10:00:00,9.90,,,,`)
    const started = []
    for (let no = 0; no < UPLOADS; no++) started.push(await eventually(() => start(s, line())))
    const statuses: (number | undefined)[] = []
    const ends = started.map(({ uploadPath }) => stay(s, uploadPath, statuses))
    try {
      await eventually(async () => expect(await running(s)).toBeGreaterThan(0))
      const file = line()
      const { uploadPath } = await start(other, file)
      // A process with much to do refuses files for a moment, whoever sends them.
      await eventually(async () => expect((await put(other, uploadPath, file)).status).toBe(200))
      // None of the silent ones was ended for it.
      expect(statuses).not.toContain(504)
    } finally {
      for (const end of ends) end()
    }
  })
}
