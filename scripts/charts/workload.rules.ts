import type { Manifest } from './render.ts'

type Container = {
  name: string
  image: string
  imagePullPolicy?: string
  env?: { name: string; value?: string; valueFrom?: { secretKeyRef?: unknown } }[]
  resources?: { requests?: Record<string, string>; limits?: Record<string, string> }
  securityContext?: Record<string, unknown> & { capabilities?: { drop?: string[]; add?: string[] } }
  volumeMounts?: { mountPath: string; readOnly?: boolean }[]
  ports?: { hostPort?: number }[]
  [probe: string]: unknown
}
type Pod = {
  containers: Container[]
  initContainers?: Container[]
  volumes?: { name: string; hostPath?: unknown }[]
  securityContext?: Record<string, unknown>
  hostNetwork?: boolean
  hostPID?: boolean
  hostIPC?: boolean
  automountServiceAccountToken?: boolean
  terminationGracePeriodSeconds?: number
  affinity?: unknown
  topologySpreadConstraints?: unknown[]
}

/** A rule about pods: requirements of kube-score, polaris and the restricted profile of Kubernetes, and our own promises. */
export type Rule = { name: string; isBroken: (pod: Pod, container: Container, of: Manifest) => boolean }

const SECRET = /SECRET|PASSWORD|KEY|TOKEN|_URL$/
const longRunning = ({ kind }: Manifest) => kind === 'Deployment' || kind === 'StatefulSet'
const user = (context: Record<string, unknown> | undefined) => Number(context?.runAsUser ?? 0)

export const RULES: readonly Rule[] = [
  {
    name: 'runs as somebody',
    isBroken: (pod, { securityContext: own }) => own?.runAsNonRoot !== true || pod.securityContext?.runAsNonRoot !== true,
  },
  { name: 'has an id of 10000 or more', isBroken: (_pod, { securityContext: own }) => user(own) < 10_000 },
  {
    name: 'cannot get more rights',
    isBroken: (_pod, { securityContext: own }) => own?.allowPrivilegeEscalation !== false || own?.privileged === true,
  },
  {
    name: 'has no capability',
    isBroken: (_pod, { securityContext: own }) => !own?.capabilities?.drop?.includes('ALL') || (own.capabilities.add ?? []).length > 0,
  },
  { name: 'writes to no root', isBroken: (_pod, { securityContext: own }) => own?.readOnlyRootFilesystem !== true },
  {
    name: 'has a place for temporary files',
    isBroken: (_pod, { volumeMounts = [] }, { kind }) => kind !== 'Pod' && !volumeMounts.some(({ mountPath }) => mountPath === '/tmp'),
  },
  {
    name: 'has a seccomp profile',
    isBroken: (pod) => (pod.securityContext?.seccompProfile as { type?: string } | undefined)?.type !== 'RuntimeDefault',
  },
  { name: 'has no token of the cluster', isBroken: (pod) => pod.automountServiceAccountToken !== false },
  {
    name: 'shares nothing with its node',
    isBroken: (pod) => Boolean(pod.hostNetwork || pod.hostPID || pod.hostIPC || pod.volumes?.some(({ hostPath }) => hostPath)),
  },
  { name: 'has no port of its node', isBroken: (_pod, { ports = [] }) => ports.some(({ hostPort }) => hostPort) },
  {
    name: 'requests CPU, memory and disk, and has limits',
    isBroken: (_pod, { resources }) =>
      ['cpu', 'memory', 'ephemeral-storage'].some((one) => !resources?.requests?.[one] || !resources?.limits?.[one]),
  },
  {
    name: 'names a version of its image',
    isBroken: (_pod, { image }) => !/:[\w.-]+(@sha256:[0-9a-f]{64})?$/.test(image) || /:latest(@|$)/.test(image),
  },
  { name: 'states when its image is fetched', isBroken: (_pod, { imagePullPolicy }) => !imagePullPolicy },
  {
    name: 'has no secret in its environment',
    isBroken: (_pod, { env = [] }) =>
      env.some(
        ({ name, value, valueFrom }) => valueFrom?.secretKeyRef !== undefined || (SECRET.test(name) && /:\/\/[^/]*@/.test(value ?? '')),
      ),
  },
  {
    name: 'has probes for startup, readiness and liveness',
    isBroken: (_pod, container, of) =>
      longRunning(of) && ['startupProbe', 'readinessProbe', 'livenessProbe'].some((one) => !container[one]),
  },
  {
    name: 'has different probes for readiness and liveness',
    isBroken: (_pod, { readinessProbe, livenessProbe }, of) =>
      of.kind === 'Deployment' && JSON.stringify(readinessProbe) === JSON.stringify(livenessProbe),
  },
  {
    name: 'is left alone before it ends',
    isBroken: (_pod, { lifecycle }, of) => of.kind === 'Deployment' && !(lifecycle as { preStop?: unknown } | undefined)?.preStop,
  },
  { name: 'has time to end', isBroken: (pod, _container, of) => longRunning(of) && (pod.terminationGracePeriodSeconds ?? 30) < 45 },
  {
    name: 'is kept apart from its like',
    isBroken: (pod, _container, of) => of.kind === 'Deployment' && (!pod.affinity || !pod.topologySpreadConstraints?.length),
  },
]

export const podOf = ({ kind, spec }: Manifest): Pod | undefined =>
  kind === 'Pod' ? (spec as unknown as Pod) : ((spec as { template?: { spec?: Pod } } | undefined)?.template?.spec as Pod | undefined)

/** The rules that an object breaks, one line for each container and rule. */
export function brokenRules(manifest: Manifest): string[] {
  const pod = podOf(manifest)
  if (!pod || !['Deployment', 'StatefulSet', 'Job', 'Pod'].includes(manifest.kind)) return []
  return [...pod.containers, ...(pod.initContainers ?? [])].flatMap((container) =>
    RULES.filter(({ isBroken }) => isBroken(pod, container, manifest)).map(
      ({ name }) => `${manifest.kind}/${manifest.metadata.name} ${container.name}: ${name}`,
    ),
  )
}
