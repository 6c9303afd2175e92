import { BinaryReader, WireType } from '@bufbuild/protobuf/wire'

/** A span, with the process that made it. */
export type Seen = { service: string; name: string; traceId: string }

type Fields = Map<number, Uint8Array[]>

/** The length-delimited fields of a message, by number; OTLP's numbers never change (opentelemetry-proto, trace/v1). */
function fieldsOf(bytes: Uint8Array): Fields {
  const [reader, fields]: [BinaryReader, Fields] = [new BinaryReader(bytes), new Map()]
  while (reader.pos < reader.len) {
    const [no, type] = reader.tag()
    if (type === WireType.LengthDelimited) fields.set(no, [...(fields.get(no) ?? []), reader.bytes()])
    else reader.skip(type)
  }
  return fields
}

const all = (bytes: Uint8Array | undefined, no: number): Uint8Array[] => (bytes ? (fieldsOf(bytes).get(no) ?? []) : [])
const first = (bytes: Uint8Array | undefined, no: number): Uint8Array | undefined => all(bytes, no)[0]
const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString()

/** Reads the spans of one ExportTraceServiceRequest, as an OTLP exporter sends it over HTTP. */
export function readSpans(request: Uint8Array): Seen[] {
  return all(request, 1).flatMap((resourceSpans) => {
    const attribute = all(first(resourceSpans, 1), 1).find((one) => text(first(one, 1)) === 'service.name')
    const service = text(first(first(attribute, 2), 1))
    const spans = all(resourceSpans, 2).flatMap((scope) => all(scope, 2))
    return spans.map((span) => ({ service, name: text(first(span, 5)), traceId: Buffer.from(first(span, 1) ?? []).toString('hex') }))
  })
}
