{{- define "renmai.release" -}}
{{- include "service.release" (dict "Release" .Release) -}}
{{- end }}

{{/* Address of the NATS monitor that parts query. */}}
{{- define "renmai.natsMonitor" -}}
{{- $nats := .Values.global.nats -}}
{{- if $nats.monitorUrl }}{{ $nats.monitorUrl }}{{ else if $nats.internal }}http://{{ include "service.release" . }}-nats:8222{{ end -}}
{{- end }}

{{- define "renmai.labels" -}}
app.kubernetes.io/name: {{ .part }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/part-of: renmai
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" | trunc 63 }}
{{- end }}

{{- define "renmai.selector" -}}
app.kubernetes.io/name: {{ .part }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end }}

{{/* Any pod of a part of this release, its jobs among them. */}}
{{- define "renmai.parts" -}}
podSelector:
  matchLabels: { app.kubernetes.io/instance: {{ .Release.Name }} }
{{- end }}

{{- define "renmai.restricted" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: {{ .user }}
runAsGroup: {{ .user }}
capabilities: { drop: [ALL] }
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{- define "renmai.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ .user }}
runAsGroup: {{ .user }}
fsGroup: {{ .user }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end }}

{{/* Refuses values that conflict, before anything is installed. */}}
{{- define "renmai.check" -}}
{{- if ne (toString .Values.nats.enabled) (toString .Values.global.nats.internal) }}{{ fail "nats.enabled and global.nats.internal must be equal: set both or neither" }}{{ end -}}
{{- if and (not .Values.nats.enabled) (not .Values.global.nats.monitorUrl) (ne (toString (index .Values.global.settings "DURABILITY" | default "strict")) "relaxed-for-tests") }}{{ fail "global.nats.monitorUrl is needed: the monitor of your NATS, such as http://nats.nats.svc:8222 (or nats.enabled for one within the release)" }}{{ end -}}
{{- if not (has (int .Values.nats.servers) (list 1 3)) }}{{ fail "nats.servers is 1 or 3" }}{{ end -}}
{{- if gt (int (index .Values.global.settings "STREAM_REPLICAS" | default "1")) (ternary (int .Values.nats.servers) 5 .Values.nats.enabled) }}{{ fail "global.settings.STREAM_REPLICAS is more than there are NATS servers" }}{{ end -}}
{{- if .Values.nats.enabled -}}
{{- $size := .Values.nats.storage.size -}}
{{- if not (regexMatch "^[0-9]+[MGT]i$" $size) }}{{ fail "nats.storage.size is a whole number of Mi, Gi or Ti" }}{{ end -}}
{{- /* The server's limit: 20G of a volume of 20Gi. The rest is for the file system. */ -}}
{{- $bytes := mul (regexFind "^[0-9]+" $size | int64) (get (dict "Mi" 1000000 "Gi" 1000000000 "Ti" 1000000000000) (regexFind "[MGT]i$" $size)) -}}
{{- $stream := index .Values.global.settings "STREAM_MAX_BYTES" | int64 -}}
{{- if gt (mul 5 $stream) $bytes }}{{ fail (printf "nats.storage.size is too small: five streams of global.settings.STREAM_MAX_BYTES each need %d bytes, %s has %d" (mul 5 $stream) $size $bytes) }}{{ end -}}
{{- end -}}
{{- range $name := list "OIDC_ISSUER" "OIDC_JWKS_URL" "OIDC_AUDIENCE" }}{{ if not (index $.Values.gateway.settings $name) }}{{ fail (printf "gateway.settings.%s is needed: staff sign in by your OIDC provider" $name) }}{{ end }}{{ end -}}
{{- $proxies := toString (index .Values.gateway.settings "TRUSTED_PROXIES" | default "") -}}
{{- if and (or .Values.gateway.ingress.enabled .Values.gateway.httpRoute.enabled) (not $proxies) }}{{ fail "gateway.settings.TRUSTED_PROXIES is needed with an Ingress or HTTPRoute: otherwise all clients have the proxy's address, and one of them slows all. Set it to the CIDRs of the pods of your ingress controller, such as 10.42.0.0/16" }}{{ end -}}
{{- if regexMatch "(^|[, ])(true|[0-9.]+/0|::/0)([, ]|$)" $proxies }}{{ fail "gateway.settings.TRUSTED_PROXIES trusts everybody: any client could name any address as its own. Set it to the CIDRs of your ingress controller alone" }}{{ end -}}
{{- if and .Values.trial.secrets (not (and .Values.postgresql.enabled .Values.nats.enabled)) }}{{ fail "trial.secrets makes addresses of PostgreSQL and NATS within the release: enable both" }}{{ end -}}
{{- if and .Values.postgresql.enabled (not .Values.trial.secrets) }}{{ fail "postgresql.enabled needs trial.secrets: its passwords are made by the chart" }}{{ end -}}
{{- if and .Values.postgresql.enabled .Values.identity.migrate.hook }}{{ fail "With postgresql.enabled the database comes with the release: set migrate.hook to false for each service (examples/local.yaml)" }}{{ end -}}
{{- if and .Values.nats.enabled (not .Values.nats.secret) (not .Values.trial.secrets) }}{{ fail "nats.secret is needed: an existing Secret with users.conf, or trial.secrets" }}{{ end -}}
{{- end }}

{{- define "renmai.gatewayImage" -}}
{{- $image := .Values.gateway.image -}}
{{ printf "%s/gateway" (.Values.global.image.registry | default $image.registry) }}:{{ $image.tag | default .Values.global.image.tag | default .Chart.AppVersion }}{{ with $image.digest }}@{{ . }}{{ end }}
{{- end }}
