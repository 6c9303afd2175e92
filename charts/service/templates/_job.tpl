{{/*
A command of the part's image, once for each revision: `what` with the settings of `secret`. With `hook` it runs before
everything else of the release, so it must not need any object of it: it has no service account and no ConfigMap. Two
concurrent jobs wait for each other (advisory lock), and a repeated job finds nothing to do.
*/}}
{{- define "service.job" -}}
{{- $root := .root -}}
{{- $hook := .hook -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ printf "%s-%s" (include "service.fullname" $root) .what }}{{ if not $hook }}-{{ $root.Release.Revision }}{{ end }}
  namespace: {{ $root.Release.Namespace }}
  labels:
    {{- include "service.labels" $root | nindent 4 }}
    app.kubernetes.io/component: {{ .what }}
  {{- if $hook }}
  annotations:
    helm.sh/hook: pre-install,pre-upgrade
    helm.sh/hook-weight: {{ .weight | quote }}
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
  {{- end }}
spec:
  backoffLimit: 6
  activeDeadlineSeconds: {{ $root.Values.migrate.deadlineSeconds }}
  {{- if not $hook }}
  ttlSecondsAfterFinished: 3600
  {{- end }}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: {{ include "service.part" $root }}-{{ .what }}
        app.kubernetes.io/instance: {{ $root.Release.Name }}
        app.kubernetes.io/component: {{ .what }}
    spec:
      restartPolicy: OnFailure
      automountServiceAccountToken: false
      enableServiceLinks: false
      securityContext: {{- toYaml $root.Values.podSecurityContext | nindent 8 }}
      {{- with $root.Values.imagePullSecrets | default ($root.Values.global.imagePullSecrets) }}
      imagePullSecrets: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $root.Values.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $root.Values.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      containers:
        - name: {{ .what }}
          image: {{ include "service.image" $root }}
          imagePullPolicy: {{ $root.Values.image.pullPolicy }}
          args: [{{ .what }}]
          securityContext: {{- toYaml $root.Values.securityContext | nindent 12 }}
          env:
            - { name: SETTINGS_FOLDERS, value: /etc/renmai/secrets }
            {{- range $name, $value := mergeOverwrite (deepCopy ($root.Values.global.settings | default dict)) $root.Values.settings }}
            {{- if and (or (hasSuffix "_KEEP_DAYS" $name) (has $name (list "NATS_MONITOR_URL" "DURABILITY" "STREAM_REPLICAS" "STREAM_MAX_BYTES" "LOG_LEVEL"))) (ne (toString $value) "") }}
            - { name: {{ $name }}, value: {{ tpl (toString $value) $root | quote }} }
            {{- end }}
            {{- end }}
          resources: {{- toYaml $root.Values.migrate.resources | nindent 12 }}
          volumeMounts:
            - { name: secrets, mountPath: /etc/renmai/secrets, readOnly: true }
            - { name: tmp, mountPath: /tmp }
      volumes:
        - name: secrets
          secret: { secretName: {{ .secret }}, defaultMode: 0440 }
        - name: tmp
          emptyDir: { sizeLimit: 16Mi }
---
{{- if $root.Values.networkPolicy.enabled }}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ printf "%s-%s" (include "service.fullname" $root) .what }}
  namespace: {{ $root.Release.Namespace }}
  labels: {{- include "service.labels" $root | nindent 4 }}
spec:
  podSelector:
    matchLabels:
      app.kubernetes.io/name: {{ include "service.part" $root }}-{{ .what }}
      app.kubernetes.io/instance: {{ $root.Release.Name }}
  policyTypes: [Ingress, Egress]
  ingress: []
  {{- $policy := $root.Values.networkPolicy }}
  {{- $any := list (dict "ipBlock" (dict "cidr" "0.0.0.0/0")) (dict "ipBlock" (dict "cidr" "::/0")) }}
  egress:
    - ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
      to:
        - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: kube-system } }
    {{- if eq .what "migrate" }}
    - ports: [{ port: {{ $policy.postgresql.port }}, protocol: TCP }]
      to: {{- tpl (toYaml ($policy.postgresql.to | default $any)) $root | nindent 8 }}
    {{- else }}
    - ports: [{ port: {{ $policy.nats.port }}, protocol: TCP }, { port: {{ $policy.nats.monitorPort }}, protocol: TCP }]
      to: {{- tpl (toYaml ($policy.nats.to | default $any)) $root | nindent 8 }}
    {{- end }}
{{- end }}
{{- end }}
