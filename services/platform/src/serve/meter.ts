import type { ServerResponse } from 'node:http'
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus'
import { MeterProvider, type MetricReader } from '@opentelemetry/sdk-metrics'

const prometheus = new PrometheusExporter({ preventServerStart: true })
// The exporter is built against an equal copy of the reader's class.
const provider = new MeterProvider({ readers: [prometheus as unknown as MetricReader] })

/**
 * Creates all instruments of this process. It is not the meter of @opentelemetry/api: modules create their instruments
 * when they are loaded, and an instrument that is created before a provider is registered there never counts, without
 * an error.
 */
export const meter = provider.getMeter('renmai')

/** Answers with the metrics in Prometheus's text format. */
export function metricsHandler(response: ServerResponse): void {
  prometheus.getMetricsRequestHandler({} as never, response)
}
