import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import { describe, expect, it } from 'vitest'
import { MessageRequestedSchema } from '../gen/renmai/campaign/v1/events_pb.js'
import { SendQuestionSchema } from '../gen/renmai/compliance/v1/compliance_service_pb.js'

/** A text field as it was written: tag, length, text. */
const text = (field: number, value: string) => Buffer.concat([Buffer.of((field << 3) | 2, value.length), Buffer.from(value)])

describe('what an earlier release wrote', () => {
  it('a wish for a message that names its own class is read without it', () => {
    const now = toBinary(MessageRequestedSchema, create(MessageRequestedSchema, { messageId: 'm', purpose: 'service', templateVersion: 2 }))
    const read = fromBinary(MessageRequestedSchema, Buffer.concat([now, text(6, 'TRANSACTIONAL')]))
    expect(read).toMatchObject({ messageId: 'm', purpose: 'service', templateVersion: 2 })
    expect(read).not.toHaveProperty('messageClass')
  })

  it('a question about a message that names its own class is read without it', () => {
    const now = toBinary(SendQuestionSchema, create(SendQuestionSchema, { messageId: 'm', purpose: 'service' }))
    const read = fromBinary(SendQuestionSchema, Buffer.concat([now, text(5, 'TRANSACTIONAL')]))
    expect(read).toMatchObject({ messageId: 'm', purpose: 'service' })
    expect(read).not.toHaveProperty('messageClass')
  })
})
