import { create, type DescMethodUnary, fromBinary, type MessageInitShape, type MessageShape, toBinary } from '@bufbuild/protobuf'
import type { Answer } from '../events/ask.ts'

/** What an answer replies to a request; both are encoded, as on the bus. */
export async function replyOf<M extends DescMethodUnary>(
  method: M,
  answer: Answer,
  request: MessageInitShape<M['input']>,
): Promise<MessageShape<M['output']>> {
  return fromBinary(method.output, await answer.reply(toBinary(method.input, create(method.input, request)))) as MessageShape<M['output']>
}
