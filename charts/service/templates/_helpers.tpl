{{/* Name of the part, under which the umbrella chart lists this chart. */}}
{{- define "service.part" -}}
{{ .Chart.Name }}
{{- end }}

{{/* `<release>`, or its beginning with a hash when it is so long that truncated names could collide. */}}
{{- define "service.release" -}}
{{- if gt (len .Release.Name) 30 -}}
{{ printf "%s-%s" (.Release.Name | trunc 21 | trimSuffix "-") (.Release.Name | sha256sum | trunc 8) }}
{{- else -}}
{{ .Release.Name }}
{{- end -}}
{{- end }}

{{- define "service.fullname" -}}
{{ printf "%s-%s" (include "service.release" .) (include "service.part" .) }}
{{- end }}

{{- define "service.selector" -}}
app.kubernetes.io/name: {{ include "service.part" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "service.labels" -}}
{{ include "service.selector" . }}
app.kubernetes.io/version: {{ .Values.image.tag | default .Chart.AppVersion | trunc 63 | quote }}
app.kubernetes.io/part-of: renmai
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" | trunc 63 | trimSuffix "-" }}
{{- end }}

{{/* Values for all parts take precedence over the part's own default. */}}
{{- define "service.image" -}}
{{- $global := .Values.global.image | default dict -}}
{{- $name := printf "%s/%s" ($global.registry | default .Values.image.registry) (.Values.image.repository | default (include "service.part" .)) -}}
{{- $tag := .Values.image.tag | default $global.tag | default .Chart.AppVersion -}}
{{ $name }}:{{ $tag }}{{ with .Values.image.digest }}@{{ . }}{{ end }}
{{- end }}

{{- define "service.secret" -}}
{{ .Values.secret.name | default (include "service.fullname" .) }}
{{- end }}

{{- define "service.migrateSecret" -}}
{{ .Values.migrate.secret.name | default (printf "%s-migrate" (include "service.fullname" .)) }}
{{- end }}

{{- define "service.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{ .Values.serviceAccount.name | default (include "service.fullname" .) }}
{{- else -}}
{{ .Values.serviceAccount.name | default "default" }}
{{- end -}}
{{- end }}

{{/* Settings that are not secret: the part's own, those of all parts, and addresses. */}}
{{- define "service.settings" -}}
{{- $settings := dict "HOST" "0.0.0.0" "PORT" (.Values.ports.http | toString) "METRICS_PORT" (.Values.ports.metrics | toString) -}}
{{- if .Values.ports.intake }}{{ $_ := set $settings "INTAKE_PORT" (.Values.ports.intake | toString) }}{{ end -}}
{{- range .Values.upstreams -}}
{{- $_ := set $settings (printf "%s_URL" (upper .)) (printf "http://%s-%s:%v/graphql" (include "service.release" $) . 4000) -}}
{{- end -}}
{{- if or .Values.supergraph.configMap .Values.supergraph.full -}}
{{- $_ := set $settings "SUPERGRAPH_FILE" "/etc/renmai/supergraph/supergraph.graphql" -}}
{{- $_ := set $settings "PUBLIC_SUPERGRAPH_FILE" "/etc/renmai/supergraph/supergraph.public.graphql" -}}
{{- end -}}
{{- if .Values.documents.configMap -}}
{{- $_ := set $settings "TRUSTED_DOCUMENTS_MANIFEST" "/etc/renmai/documents/manifest.json" -}}
{{- end -}}
{{- range $name, $value := mergeOverwrite (deepCopy (.Values.global.settings | default dict)) .Values.settings -}}
{{- if ne (toString $value) "" }}{{ $_ := set $settings $name (tpl (toString $value) $) }}{{ end -}}
{{- end -}}
{{ toYaml $settings }}
{{- end }}

{{/* Image, rights and settings of a container. */}}
{{- define "service.container" -}}
image: {{ include "service.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext: {{- toYaml .Values.securityContext | nindent 2 }}
env:
  - { name: SETTINGS_FOLDERS, value: "/etc/renmai/settings:/etc/renmai/secrets" }
  {{- with .Values.extraEnv }}{{ toYaml . | nindent 2 }}{{ end }}
{{- end }}

{{- define "service.pod" -}}
serviceAccountName: {{ include "service.serviceAccount" . }}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext: {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.imagePullSecrets | default (.Values.global.imagePullSecrets) }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}
