import { createReport, type Question, type Report } from '../../domain/report.ts';
import type { Row } from '../../domain/row.ts';
import { type TypeRows, toRowsOfTypes } from '../../domain/type-rows.ts';
import type { Loaders } from '../../loaders/loaders.ts';
import type { GraphQLContext } from '../context.ts';
import { type SizeOfReport, spendReport } from '../cost/answer-size.ts';
import type { Size } from '../cost/selected-size.ts';
import type { Pace } from '../pace.ts';
import type { Subjects } from './conditions.ts';
import { type AvailabilityArguments, toQuestion } from './parse-arguments.ts';

/** A report, the rows of which come turn by turn when they are many. */
export type PacedReport = Omit<Report, 'nodes'> & { readonly nodes: readonly Row[] | AsyncIterable<Row> };

/** What answering a field about availability needs. */
type Answering = Pick<GraphQLContext, 'loaders' | 'tracer' | 'pace'>;

/** Work for each cell that is examined, in bytes of answer that take as long. */
const CELL_BYTES = 20;

/**
 * Answers a field about availability; `subjects` narrows it to a parent's GPU type or data center, and `sizeOf` is the size of what is
 * selected. Returns at once when everything is in memory and the operation is small. Otherwise it asks RunPod for the GPU types that the
 * conditions leave, and for nothing when they leave no data center.
 * @throws {InvalidArgumentError} for arguments without a possible meaning.
 * @throws {OperationTooComplexError} past the request's budget.
 * @throws {UpstreamError} when the lists of GPU types or data centers cannot be read.
 */
export function answerAvailability(
  context: Answering,
  args: AvailabilityArguments,
  sizeOf: SizeOfReport,
  subjects: Partial<Subjects> = {},
): PacedReport | Promise<PacedReport> {
  const { loaders, tracer, pace } = context;
  const ask = () =>
    tracer.span('availability', {}, async () => {
      const asked = await pace.load(answer(loaders, args, sizeOf, subjects));
      return pace.run(() => inTurns(asked, pace));
    });
  return answerAtPace(context, args, sizeOf, subjects) ?? ask();
}

/** The same report at once, or `null` when not everything is in memory. */
export function answerAtPace(
  { loaders, pace }: Pick<Answering, 'loaders' | 'pace'>,
  args: AvailabilityArguments,
  sizeOf: SizeOfReport,
  subjects: Partial<Subjects> = {},
): PacedReport | null {
  const known = findInMemory(loaders, args, sizeOf, subjects);
  return known === null ? null : inTurns(known, pace);
}

/** The same report with all of its rows, or `null` when not everything is in memory. */
export function answerFromMemory(
  loaders: FromMemory,
  args: AvailabilityArguments,
  sizeOf: SizeOfReport,
  subjects: Partial<Subjects> = {},
): Report | null {
  return findInMemory(loaders, args, sizeOf, subjects)?.report ?? null;
}

type FromMemory = Pick<Loaders, 'memory' | 'budget' | 'validity' | 'freshMs'>;

/** A report, and the size of what is selected of it. */
interface Answered {
  readonly report: Report;
  readonly size: Size;
}

function findInMemory(
  loaders: FromMemory,
  args: AvailabilityArguments,
  sizeOf: SizeOfReport,
  subjects: Partial<Subjects>,
): Answered | null {
  loaders.budget.spendField();
  const lists = loaders.memory.lists();
  if (lists === null) return null;
  const question = toQuestion(args, among(lists, subjects), lists, loaders.budget.maySuggest);
  const observations = loaders.memory.observations(question.gpuTypes, question.gpuCount, lists);
  if (observations === null) return null;
  spendRows(loaders, question, lists);
  return spent(loaders, report(loaders, question, toRowsOfTypes(question, observations)), sizeOf(lists));
}

async function answer(
  loaders: Loaders,
  args: AvailabilityArguments,
  sizeOf: SizeOfReport,
  subjects: Partial<Subjects>,
): Promise<Answered> {
  const { question, lists } = await readQuestion(loaders, args, subjects);
  return spent(loaders, report(loaders, question, await loaders.rowsOfTypes(question)), sizeOf(lists));
}

function spent({ budget }: Pick<Loaders, 'budget'>, made: Report, size: Size): Answered {
  spendReport(budget, size, made);
  return { report: made, size };
}

function inTurns({ report: made, size }: Answered, pace: Pace): PacedReport {
  const { nodes, coverage } = made;
  pace.spend(size.fixed + size.failure * coverage.failures.length + CELL_BYTES * coverage.expected);
  return { ...made, nodes: pace.spread(nodes, size.row) };
}

/** The question that a field asks, once the lists are known. Rejects as `answerAvailability` does. */
export async function readQuestion(
  loaders: Loaders,
  args: AvailabilityArguments,
  subjects: Partial<Subjects> = {},
): Promise<{ readonly question: Question; readonly lists: Subjects }> {
  const [gpuTypes, dataCenters] = await Promise.all([loaders.gpuTypes(), loaders.dataCenters()]);
  const lists = { gpuTypes, dataCenters };
  const question = toQuestion(args, among(lists, subjects), lists, loaders.budget.maySuggest);
  spendRows(loaders, question, lists);
  return { question, lists };
}

/** All, but what the subjects are narrowed to, as listed: for references to entities there are copies, of which no rows are kept. */
function among(all: Subjects, { gpuTypes, dataCenters }: Partial<Subjects>): Subjects {
  return {
    gpuTypes: gpuTypes?.map((one) => asListed(one, all.gpuTypes)) ?? all.gpuTypes,
    dataCenters: dataCenters?.map((one) => asListed(one, all.dataCenters)) ?? all.dataCenters,
  };
}

const asListed = <T extends { readonly id: string }>(one: T, all: readonly T[]): T =>
  all.find(({ id }) => id === one.id) ?? one;

/** Before they are asked for. */
function spendRows({ budget }: Pick<Loaders, 'budget'>, question: Subjects, all: Subjects): void {
  budget.spendRows(Math.max(1, cellsOf(question)), cellsOf(all));
}

const cellsOf = ({ gpuTypes, dataCenters }: Subjects) => gpuTypes.length * dataCenters.length;

function report(
  { validity, freshMs }: Pick<Loaders, 'validity' | 'freshMs'>,
  question: Question,
  typeRows: readonly TypeRows[],
): Report {
  const made = createReport(question, typeRows);
  validity.readReport(made, freshMs);
  return made;
}
