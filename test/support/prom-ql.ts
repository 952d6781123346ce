import { parser } from '@prometheus-io/lezer-promql';

/** The names in a PromQL expression, without duplicates. */
export interface NamesInPromQL {
  readonly metrics: readonly string[];
  /** The labels in selectors, groupings and matchings. */
  readonly labels: readonly string[];
}

/** Returns the names in an expression. Throws if the expression is not valid. */
export function namesIn(expression: string): NamesInPromQL {
  const metrics = new Set<string>();
  const labels = new Set<string>();
  parser.parse(expression).iterate({
    enter(node) {
      const text = expression.slice(node.from, node.to);
      if (node.type.isError) throw new Error(`not valid at character ${node.from}: ${expression}`);
      if (node.name === 'Identifier') metrics.add(text);
      if (node.name === 'LabelName') labels.add(text);
    },
  });
  return { metrics: [...metrics], labels: [...labels] };
}
