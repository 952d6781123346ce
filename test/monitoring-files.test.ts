import { readFileSync } from 'node:fs';
import type { Metric } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { createFleetOfOne } from '../src/fleet/fleet.ts';
import { addProcessMetrics } from '../src/observability/process-metrics.ts';
import { createGateway } from './support/gateway.ts';
import { fillIn, type Panel, readDashboard, readRules, readRuleTests } from './support/monitoring-files.ts';
import { namesIn } from './support/prom-ql.ts';

/** The labels that Prometheus adds to each sample. */
const OF_TARGETS = ['job', 'instance'];

/** Returns the labels of each series in the metrics of a gateway, by the name of the series. The gateway has every kind of metric. */
function listSeries(): ReadonlyMap<string, readonly string[]> {
  const unfitValues = () => ({ answer: 0, seen: 0, change: 0, lease: 0, refusal: 0 });
  const { metrics } = createGateway(
    { MAX_STOCK_SERIES: '1' },
    { ...createFleetOfOne(), isTogether: () => true, unfitValues },
  );
  addProcessMetrics(metrics.registry);
  const series = new Map<string, readonly string[]>([['up', OF_TARGETS]]);
  for (const { name } of metrics.registry.getMetricsAsArray()) {
    const metric = metrics.registry.getSingleMetric(name) as Metric & { readonly labelNames: readonly string[] };
    const labels = [...OF_TARGETS, ...metric.labelNames];
    if ('buckets' in metric) series.set(`${name}_bucket`, [...labels, 'le']).set(`${name}_sum`, labels);
    series.set('buckets' in metric ? `${name}_count` : name, labels);
  }
  return series;
}

const SERIES = listSeries();
const { recorded, alerts } = readRules();
const { panels, variables } = readDashboard();
const RECORDED = new Set(recorded.map(({ record }) => record));
const QUERIES = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, fillIn(expr)] as const));

const HEADINGS = [...readFileSync('docs/operations.md', 'utf8').matchAll(/^### (.*)$/gm)].map(([, heading]) => heading);

/** Returns the unknown names in a PromQL expression: metrics that do not exist, and labels that no metric in the expression has. */
function unknownIn(expression: string): readonly string[] {
  const { metrics, labels } = namesIn(expression);
  const known = new Set(metrics.flatMap((name) => SERIES.get(name) ?? []));
  return [
    ...metrics.filter((name) => !SERIES.has(name) && !RECORDED.has(name)),
    ...labels.filter((label) => !known.has(label) && !metrics.some((name) => RECORDED.has(name))),
  ];
}

describe("Prometheus' rules", () => {
  it.each([...recorded.map(({ record, expr }) => [record, expr]), ...alerts.map(({ alert, expr }) => [alert, expr])])(
    '%s uses only metrics and labels that exist',
    (_name, expr = '') => {
      expect(unknownIn(expr)).toEqual([]);
    },
  );

  it.each(alerts)(
    '$alert says how urgent it is, what happened and what to do',
    ({ alert, labels, annotations, ...rule }) => {
      expect(rule.for).toMatch(/^\d+[mh]$/);
      expect(['critical', 'warning', 'info']).toContain(labels['severity']);
      expect(annotations['summary']).toMatch(/^[A-Z].*[^.]$/);
      expect(annotations['description']).toMatch(/\.$/);
      expect(annotations['runbook_url']).toBe(`docs/operations.md#${alert.toLowerCase()}`);
      expect(HEADINGS).toContain(alert);
    },
  );

  it.each(alerts)('$alert has a test in which it fires, and one in which it does not', ({ alert }) => {
    const names = readRuleTests().map(({ name }) => name);
    expect(names.some((name) => name.startsWith(`${alert} fires `))).toBe(true);
    expect(names.some((name) => name.startsWith(`${alert} does not fire `))).toBe(true);
  });

  it('are tested with series that have exactly the labels of the real series', () => {
    for (const { series } of readRuleTests().flatMap(({ input_series }) => input_series)) {
      const { metrics, labels } = namesIn(series);
      expect(labels.toSorted(), series).toEqual([...(SERIES.get(metrics[0] ?? '') ?? [])].toSorted());
    }
  });
});

describe("Grafana's dashboard", () => {
  it.each(QUERIES)('asks only for metrics and labels that exist: %s', (_title, query) => {
    expect(namesIn(query).metrics).not.toEqual([]);
    expect(unknownIn(query)).toEqual([]);
    expect(query).not.toContain('$');
  });

  it('uses no recording rules, because Prometheus may not have them', () => {
    for (const [, query] of QUERIES) expect(namesIn(query).metrics.filter((name) => RECORDED.has(name))).toEqual([]);
  });

  it('shows every metric of the gateway itself', () => {
    const shown = new Set(QUERIES.flatMap(([, query]) => namesIn(query).metrics));
    const isShown = (name: string) => shown.has(name) || /_(?:sum|count)$/.test(name);
    expect([...SERIES.keys()].filter((name) => name.startsWith('gpu_gateway_') && !isShown(name))).toEqual([]);
  });

  it('gives each panel an id, a description, a unit, and the selected data source', () => {
    const shown = panels.filter(({ type }) => type !== 'row');
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    for (const { title, type, description, fieldConfig, datasource, targets = [] } of shown) {
      expect(description, title).toMatch(/\.$/);
      if (type !== 'table') expect(fieldConfig?.defaults.unit, title).toMatch(/^[a-z]+$/);
      for (const source of [datasource, ...targets.map((target) => target.datasource)])
        expect(source?.uid).toMatch(/^\$\{datasource\}$/);
    }
  });

  it('has no panels that overlap', () => {
    const cellsOf = ({ gridPos: { x, y, w, h } }: Panel) =>
      Array.from({ length: w * h }, (_, index) => `${x + (index % w)},${y + Math.floor(index / w)}`);
    const cells = panels.flatMap(cellsOf);
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBe(24);
  });

  it('has variables for the data source, the job, the instance and the pod size', () => {
    expect(variables.map(({ name }) => name)).toEqual(['datasource', 'job', 'instance', 'gpu_count']);
    for (const { query } of variables.slice(1)) {
      const [, selector = '', label = ''] =
        /^label_values\((.*), (\w+)\)$/.exec(typeof query === 'string' ? '' : query.query) ?? [];
      expect(unknownIn(`count by (${label}) (${fillIn(selector)})`)).toEqual([]);
    }
  });
});
