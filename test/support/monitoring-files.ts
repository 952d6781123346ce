import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

interface RecordingRule {
  readonly record: string;
  readonly expr: string;
}

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** The path of Prometheus' rules. */
export const RULES = 'deploy/prometheus/rules.yaml';

/** Reads the recording rules and the alerts. */
export function readRules() {
  const { groups } = parse(readFileSync(RULES, 'utf8')) as {
    readonly groups: readonly { readonly rules: readonly (RecordingRule | Alert)[] }[];
  };
  const rules = groups.flatMap((group) => group.rules);
  return {
    recorded: rules.filter((rule) => 'record' in rule),
    alerts: rules.filter((rule) => 'alert' in rule),
  };
}

interface RuleTest {
  readonly name: string;
  readonly input_series: readonly { readonly series: string }[];
}

/** Reads the tests of the rules. */
export const readRuleTests = () =>
  (parse(readFileSync('deploy/prometheus/rules.test.yaml', 'utf8')) as { readonly tests: readonly RuleTest[] }).tests;

/** A panel of the Grafana dashboard. A row, which only groups panels, has no `targets` (queries). */
export interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly datasource?: { readonly uid: string };
  readonly fieldConfig?: { readonly defaults: { readonly unit?: string } };
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}

interface Variable {
  readonly name: string;
  readonly query: string | { readonly query: string };
}

/** Reads the dashboard. */
export function readDashboard() {
  const dashboard = JSON.parse(readFileSync('deploy/grafana/dashboard.json', 'utf8')) as {
    readonly panels: readonly Panel[];
    readonly templating: { readonly list: readonly Variable[] };
  };
  return { panels: dashboard.panels, variables: dashboard.templating.list };
}

/**
 * Replaces the dashboard's variables in a query, as Grafana does when all values of `job`, `instance` and `gpu_count` are selected.
 * `interval` replaces the interval that Grafana derives from the scrape interval.
 */
export const fillIn = (query: string, interval = '5m'): string =>
  query.replaceAll('$__rate_interval', interval).replaceAll(/\$(?:job|instance|gpu_count)/g, '.*');
