/** Ends with 0 when the process of this container is alive: for engines without probes of their own; Kubernetes asks by itself. */
const answer = await fetch(`http://127.0.0.1:${process.env.PORT ?? '4000'}/livez`, { signal: AbortSignal.timeout(2_000) }).catch(
  () => undefined,
)
process.exit(answer?.ok ? 0 : 1)
