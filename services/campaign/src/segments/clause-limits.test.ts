import { withTenant } from '@renmai/platform/db/db'
import { key } from '@renmai/platform/testing/viewers'
import { describe, expect, it } from 'vitest'
import { campaignSeed } from '../../test/seed.ts'
import { publishJourney } from '../journeys/publish-journey.ts'
import { sweep } from './evaluation.ts'
import { previewSegment } from './preview-segment.ts'

const seed = campaignSeed()

const definition = { all: Array(20).fill({ any: Array(10).fill({ orders: {} }) }) }

describe('a condition of more than 200 clauses', () => {
  it('creates no segment, no preview and no journey, and the answer names the field', async () => {
    const wrong = (field: string) => ({ code: 'INVALID', fields: { [field]: 'has more than 200 clauses in all' } })
    await expect(seed.segment(definition)).rejects.toMatchObject(wrong('definition'))
    await expect(previewSegment(seed.contextOf(), definition)).rejects.toMatchObject(wrong('input'))
    const { id: segmentId } = await seed.segment({ orders: {} })
    const nodes = [{ split: { id: 'split', condition: definition, next: 'end', otherwise: 'end' } }, { exit: { id: 'end' } }]
    const published = publishJourney(seed.contextOf(), {
      idempotencyKey: key(),
      name: 'j',
      trigger: { segmentEntered: { segmentId } },
      nodes,
    })
    await expect(published).rejects.toMatchObject(wrong('nodes.0.split.condition'))
  })
})

describe('a segment that was stored before limits existed', () => {
  it('is set aside with its problem', async () => {
    const { id } = await seed.segment({ orders: {} })
    await seed.test.owner.query('UPDATE segments SET definition = $2 WHERE id = $1', [id, JSON.stringify(definition)])
    const swept = withTenant(seed.test.db, seed.tenant, (tx) => sweep(tx, new Date()))
    await expect(swept).rejects.toMatchObject({ segment: { id }, reason: { message: 'The condition has more than 200 clauses in all' } })
  })
})
