{{/* The labels that select the pods of a component. Called with a list: the root context and the component. */}}
{{- define "gateway.selector" -}}
app.kubernetes.io/name: gpu-availability-gateway
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* All labels of a resource. */}}
{{- define "gateway.labels" -}}
{{ include "gateway.selector" . }}
app.kubernetes.io/version: {{ (index . 0).Chart.AppVersion | quote }}
{{- end }}

{{/* The image of the gateway with its tag, or with its digest. */}}
{{- define "gateway.image" -}}
{{- $image := .Values.image -}}
{{ $image.repository }}:{{ $image.tag | default .Chart.AppVersion }}{{ with $image.digest }}@{{ . }}{{ end }}
{{- end }}

{{/* The URL of Redis, or nothing if the gateways use no Redis. */}}
{{- define "gateway.redisUrl" -}}
{{- if .Values.redis.enabled -}}
redis://:$(REDIS_PASSWORD)@{{ .Release.Name }}-redis:6379
{{- else -}}
{{ .Values.redis.url }}
{{- end }}
{{- end }}

{{/* The port in a URL. Called with a list: the URL and the default port. */}}
{{- define "gateway.port" -}}
{{ regexFind ":[0-9]+$" (urlParse (index . 0)).host | trimPrefix ":" | default (index . 1 | toString) }}
{{- end }}

{{/* The security context of a container. No container needs privileges or writes to its file system. */}}
{{- define "gateway.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}
