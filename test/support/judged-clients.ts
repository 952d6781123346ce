import type { connect } from './gateway.ts';
import { QUERY, type Question, variablesOf } from './plan.ts';
import { createTold } from './told.ts';
import { cellOf, failedCells, faultsOf, type Report, type Row } from './verdict.ts';

const ALLOWED_ERRORS = ['UPSTREAM_UNAVAILABLE', 'UPSTREAM_UNAUTHORIZED'];

/**
 * The limits on the age of a cell, in milliseconds. From the age `freshMs` on, a cell is stale. From the age `staleMs` on, the gateway must
 * not serve the cell any more.
 */
interface AgeLimits {
  readonly freshMs: number;
  readonly staleMs: number;
}

/** Returns the rows that a report should contain. The report is part of the gateway's answer to a query. */
type RightRows = (question: Question, report: Report) => readonly Row[];

/**
 * Creates clients that query a gateway in turns. In each turn, all clients send their queries at the same time. They check each answer, and
 * compare it with the answers of earlier turns.
 */
export function createJudgedClients(gateway: ReturnType<typeof connect>, limits: AgeLimits, rightRows: RightRows) {
  const told = createTold();
  const count = { answered: 0, stale: 0, incomplete: 0, refused: 0, left: 0 };
  let turn = 0;

  function judge(question: Question, report: Report, askedAt: number, since: number): string[] {
    const { includeUnavailable } = question;
    const judged = { report, truth: rightRows(question, report), includeUnavailable, askedAt, ...limits };
    const answeredAt = gateway.wallNow();
    const failed = failedCells(judged);
    const cells = [
      ...report.nodes.map((row) => [cellOf(row), row.observedAt] as const),
      ...failed.map((cell) => [cell, null] as const),
    ];
    const losses = told.lossesOf(cells, answeredAt - limits.staleMs, since);
    told.note(report.nodes, turn);
    count.answered += 1;
    count.stale += Number(report.freshness.stale);
    count.incomplete += Number(failed.length > 0);
    return [...faultsOf({ ...judged, answeredAt }), ...losses];
  }

  /** Sends a query. Resolves to the errors in the answer. */
  async function ask(question: Question): Promise<string[]> {
    const [askedAt, since] = [gateway.wallNow(), turn];
    const client = new AbortController();
    if (question.leaves) setImmediate(() => client.abort());
    try {
      const { data, errors } = await gateway.ask(QUERY, variablesOf(question), { signal: client.signal });
      if (errors === undefined) return judge(question, data.gpuAvailability, askedAt, since);
      count.refused += 1;
      return errors.map(({ extensions }) => extensions.code).filter((code) => !ALLOWED_ERRORS.includes(code));
    } catch (error) {
      count.left += 1;
      return client.signal.aborted ? [] : [`no answer: ${String(error)}`];
    }
  }

  return {
    count,
    /** Sends all queries at the same time, as one turn. Resolves to the errors in all answers. */
    askAll: async (questions: readonly Question[]) => {
      turn += 1;
      return (await Promise.all(questions.map(ask))).flat();
    },
  };
}
