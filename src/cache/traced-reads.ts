import type { Catalog } from '../domain/catalog.ts';
import type { Tracer } from '../observability/tracing/tracer.ts';

/** Wraps a catalog so that a span is recorded for each read that may have to wait for a load. */
export function traceReads<C extends Catalog>(catalog: C, tracer: Tracer): C {
  return {
    ...catalog,
    gpuTypes: (demand) => tracer.span('cache gpuTypes', {}, () => catalog.gpuTypes(demand)),
    dataCenters: (demand) => tracer.span('cache dataCenters', {}, () => catalog.dataCenters(demand)),
    observe(request, demand) {
      const attributes = { 'gateway.gpu_type': request.gpuType.id, 'gateway.gpu_count': request.gpuCount };
      return tracer.span('cache observation', { attributes }, () => catalog.observe(request, demand));
    },
  };
}
