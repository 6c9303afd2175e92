/** Exits with 0 when the process of this container is alive. For engines without probes; Kubernetes has its own. */
const answer = await fetch(`http://127.0.0.1:${process.env.PORT ?? '4000'}/livez`, { signal: AbortSignal.timeout(2_000) }).catch(
  () => undefined,
)
process.exit(answer?.ok ? 0 : 1)
