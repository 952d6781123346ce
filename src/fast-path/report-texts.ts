import {
  type DocumentNode,
  execute,
  type FragmentDefinitionNode,
  type GraphQLObjectType,
  GraphQLSchema,
  Kind,
  type SelectionSetNode,
} from 'graphql';
import type { Report } from '../domain/report.ts';
import { type SelectedField, selectFields } from '../graphql/cost/selected-fields.ts';
import type { VariableValues } from '../graphql/operation/variables.ts';
import { createRowTexts } from './row-texts.ts';

/**
 * Adds a report to pieces of JSON, as one selection wants it. `false` when it cannot be shown without an error. Pieces are to be joined
 * once: a long text that is put into another is copied.
 */
export type PrintReport = (report: Report, values: VariableValues, pieces: string[]) => boolean;

/** Shows reports: rows each once for each selection, the rest by graphql-js each time. */
export interface ReportTexts {
  /**
   * `null` for a selection that has to be merged. What is selected of rows, and of other objects in the report, must need no variable,
   * and no field that asks.
   */
  printerOf(selectionSet: SelectionSetNode, fragments: readonly FragmentDefinitionNode[]): PrintReport | null;
}

const ROWS = 'nodes';

/** `schema` is the public one. */
export function createReportTexts(schema: GraphQLSchema): ReportTexts {
  const rowTexts = createRowTexts(schema.getType('GpuAvailability') as GraphQLObjectType);
  const reports = new GraphQLSchema({ query: schema.getType('GpuAvailabilityReport') as GraphQLObjectType });

  /** What is no row, by its key. */
  function showerOf(
    fields: readonly SelectedField[],
    fragments: readonly FragmentDefinitionNode[],
  ): (report: Report) => Readonly<Record<string, unknown>> | null {
    if (fields.length === 0) return () => ({});
    const selections = fields.map(({ node }) => ({ ...node, directives: [] }));
    const operation = {
      kind: Kind.OPERATION_DEFINITION,
      operation: 'query',
      selectionSet: { kind: Kind.SELECTION_SET, selections },
    } as const;
    const document = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments] } as DocumentNode;
    return (report) => {
      const result = execute({ schema: reports, document, rootValue: report });
      return 'data' in result && result.errors === undefined ? (result.data ?? null) : null;
    };
  }

  return {
    printerOf({ selections }, fragments) {
      const fields = selectFields(selections, fragments);
      if (fields === null) return null;
      const isRows = ({ node }: SelectedField) => node.name.value === ROWS;
      const show = showerOf(
        fields.filter((field) => !isRows(field)),
        fragments,
      );
      const printers = fields.map((field) => {
        const { selectionSet } = field.node;
        const printRows =
          isRows(field) && selectionSet !== undefined ? rowTexts.printerOf(selectionSet, fragments) : null;
        return { ...field, printRows };
      });
      return (report, values, pieces) => {
        const shown = show(report);
        if (shown === null) return false;
        let before = '{"';
        for (const { key, isIncluded, printRows } of printers) {
          if (!isIncluded(values)) continue;
          pieces.push(before, key, '":');
          before = ',"';
          if (printRows === null) {
            pieces.push(JSON.stringify(shown[key]));
            continue;
          }
          const texts = printRows(report.nodes);
          if (texts === null) return false;
          printList(texts, pieces);
        }
        pieces.push(before === '{"' ? '{}' : '}');
        return true;
      };
    },
  };
}

function printList(texts: readonly string[], pieces: string[]): void {
  let before = '[';
  for (const text of texts) {
    pieces.push(before, text);
    before = ',';
  }
  pieces.push(before === '[' ? '[]' : ']');
}
