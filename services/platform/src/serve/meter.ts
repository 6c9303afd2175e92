import type { ServerResponse } from 'node:http'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { MeterProvider, type MetricReader } from '@opentelemetry/sdk-metrics'

const prometheus = new PrometheusExporter({ preventServerStart: true })
// The exporter is built against an equal copy of the reader's class.
const provider = new MeterProvider({ readers: [prometheus as unknown as MetricReader] })

/**
 * Makes all instruments of this process. Not the meter of @opentelemetry/api: modules make their instruments as they are
 * loaded, and one that is made before a provider is registered there counts nothing, for ever and without a word.
 */
export const meter = provider.getMeter('renmai')

/** Answers with the metrics in Prometheus's text format. */
export function metricsHandler(response: ServerResponse): void {
  prometheus.getMetricsRequestHandler({} as never, response)
}
