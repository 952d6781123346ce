import { createReport, type Question, type Report } from '../domain/report.ts';
import { type TypeRows, toRowsOfTypes } from '../domain/type-rows.ts';
import type { Loaders } from '../loaders/loaders.ts';
import { type SizeOfReport, spendReport } from './answer-size.ts';
import type { Subjects } from './conditions.ts';
import type { GraphQLContext } from './context.ts';
import { type AvailabilityArguments, toQuestion } from './question.ts';

/**
 * Answers a field about availability; `subjects` narrows it to a parent's GPU type or data center, and `sizeOf` is the size of what is
 * selected. Returns at once when everything is in memory. Otherwise it asks RunPod for the GPU types that the conditions leave, and for
 * nothing when they leave no data center.
 * @throws {InvalidArgumentError} for arguments without a possible meaning.
 * @throws {OperationTooComplexError} past the request's budget.
 * @throws {UpstreamError} when the lists of GPU types or data centers cannot be read.
 */
export function answerAvailability(
  { loaders, tracer }: Pick<GraphQLContext, 'loaders' | 'tracer'>,
  args: AvailabilityArguments,
  sizeOf: SizeOfReport,
  subjects: Partial<Subjects> = {},
): Report | Promise<Report> {
  return (
    answerFromMemory(loaders, args, sizeOf, subjects) ??
    tracer.span('availability', {}, () => answer(loaders, args, sizeOf, subjects))
  );
}

/** The same report, or `null` when not everything is in memory. */
export function answerFromMemory(
  loaders: Pick<Loaders, 'memory' | 'budget' | 'validity' | 'freshMs'>,
  args: AvailabilityArguments,
  sizeOf: SizeOfReport,
  subjects: Partial<Subjects> = {},
): Report | null {
  loaders.budget.spendField();
  const lists = loaders.memory.lists();
  if (lists === null) return null;
  const question = toQuestion(args, among(lists, subjects), lists, loaders.budget.maySuggest);
  const observations = loaders.memory.observations(question.gpuTypes, question.gpuCount, lists);
  if (observations === null) return null;
  loaders.validity.readList();
  spendRows(loaders, question, lists);
  const answered = report(loaders, question, toRowsOfTypes(question, observations));
  spendReport(loaders.budget, sizeOf(lists), answered);
  return answered;
}

async function answer(
  loaders: Loaders,
  args: AvailabilityArguments,
  sizeOf: SizeOfReport,
  subjects: Partial<Subjects>,
): Promise<Report> {
  const { question, lists } = await readQuestion(loaders, args, subjects);
  const answered = report(loaders, question, await loaders.rowsOfTypes(question));
  spendReport(loaders.budget, sizeOf(lists), answered);
  return answered;
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
  const answered = createReport(question, typeRows);
  validity.readReport(answered, freshMs);
  return answered;
}
