import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace'

/**
 * Starts traces. One trace runs from the request through SQL, the outbox and NATS to the last consumer:
 * each seam of the platform opens a span, and the trace context travels in the outbox row and the message headers.
 * @param exporter exporter of the spans; no spans are created without one
 * @returns the function that flushes and stops it
 */
export function startTelemetry(service: string, endpoint: string | undefined, exporter?: SpanExporter): () => Promise<void> {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(new W3CTraceContextPropagator())
  const resource = resourceFromAttributes({ 'service.name': service })
  const target = exporter ?? (endpoint ? new OTLPTraceExporter({ url: `${endpoint}/v1/traces` }) : undefined)
  const provider = target ? new TracerProvider({ resource, spanProcessors: [new BatchSpanProcessor({ exporter: target })] }) : undefined
  if (provider) trace.setGlobalTracerProvider(provider)
  return async () => {
    await provider?.shutdown()
  }
}
