import { randomUUID } from 'node:crypto';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { ExportResultCode } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources';
import { BasicTracerProvider, BatchSpanProcessor, type SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { Logger } from 'pino';
import { VERSION } from '../../version.ts';

/**
 * Creates the OpenTelemetry object that creates and exports spans for the service `name`. Logs the settings that OpenTelemetry rejects, and
 * failures to export.
 */
export const startSpanExport = (name: string, log: Logger): BasicTracerProvider =>
  withSettingsLogged(log, () => createProvider(name, log));

function createProvider(name: string, log: Logger): BasicTracerProvider {
  const ours = resourceFromAttributes({
    'service.name': name,
    'service.version': VERSION,
    'service.instance.id': randomUUID(),
  });
  return new BasicTracerProvider({
    resource: defaultResource()
      .merge(ours)
      .merge(detectResources({ detectors: [envDetector] })),
    spanProcessors: [new BatchSpanProcessor(reportingFailure(new OTLPTraceExporter(), log))],
  });
}

/** Wraps an exporter so that it logs failures. Of several failures in a row, only the first is logged. */
function reportingFailure(exporter: SpanExporter, log: Logger): SpanExporter {
  let isFailing = false;
  return {
    export: (spans, onDone) =>
      exporter.export(spans, (result) => {
        const failed = result.code !== ExportResultCode.SUCCESS;
        const reason = result.error?.message;
        if (failed && !isFailing)
          log.warn({ reason }, 'spans cannot be sent and are dropped until the collector accepts them again');
        isFailing = failed;
        onDone(result);
      }),
    shutdown: () => exporter.shutdown(),
  };
}

/**
 * Runs `create`, and logs each setting that OpenTelemetry rejects while `create` runs. OpenTelemetry continues without such a setting.
 * Messages that OpenTelemetry logs later are about individual spans, and are discarded.
 */
function withSettingsLogged<T>(log: Logger, create: () => T): T {
  const warn = (reason: string) => log.warn({ reason }, 'OpenTelemetry rejects a setting and continues without it');
  const quiet = () => {};
  const logger = { error: warn, warn, info: quiet, debug: quiet, verbose: quiet };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  try {
    return create();
  } finally {
    diag.disable();
  }
}
