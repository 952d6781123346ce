import { createReport, type Question, type Report } from '../domain/report.ts';
import { type TypeRows, toRowsOfTypes } from '../domain/type-rows.ts';
import type { Loaders } from '../loaders/loaders.ts';
import type { Subjects } from './conditions.ts';
import type { GraphQLContext } from './context.ts';
import { type AvailabilityArguments, toQuestion } from './question.ts';

/**
 * Answers a field about availability; `subjects` narrows it to a parent's GPU type or data center. At once when all of it is at
 * hand. Otherwise RunPod is asked for the GPU types that are left by the conditions, and for nothing when no data center is
 * left.
 * @throws {InvalidArgumentError} for arguments that cannot be meant.
 * @throws {OperationTooComplexError} past the request's budget.
 * @throws {UpstreamError} when the lists of GPU types or data centers cannot be had.
 */
export function answerAvailability(
  { loaders, tracer }: Pick<GraphQLContext, 'loaders' | 'tracer'>,
  args: AvailabilityArguments,
  subjects: Partial<Subjects> = {},
): Report | Promise<Report> {
  return (
    answerFromMemory(loaders, args, subjects) ?? tracer.span('availability', {}, () => answer(loaders, args, subjects))
  );
}

/** The same answer, or `null` when not all of it is at hand. */
export function answerFromMemory(
  loaders: Pick<Loaders, 'memory' | 'budget' | 'validity' | 'freshMs'>,
  args: AvailabilityArguments,
  subjects: Partial<Subjects> = {},
): Report | null {
  const lists = loaders.memory.lists();
  if (lists === null) return null;
  const question = toQuestion(args, among(lists, subjects), lists);
  const observations = loaders.memory.observations(question.gpuTypes, question.gpuCount, lists);
  if (observations === null) return null;
  loaders.validity.readList();
  spendRows(loaders, question, lists);
  return report(loaders, question, toRowsOfTypes(question, observations));
}

async function answer(loaders: Loaders, args: AvailabilityArguments, subjects: Partial<Subjects>): Promise<Report> {
  const question = await readQuestion(loaders, args, subjects);
  return report(loaders, question, await loaders.rowsOfTypes(question));
}

/** What is asked, once the lists are known. Rejects as `answerAvailability` does. */
export async function readQuestion(
  loaders: Loaders,
  args: AvailabilityArguments,
  subjects: Partial<Subjects> = {},
): Promise<Question> {
  const [gpuTypes, dataCenters] = await Promise.all([loaders.gpuTypes(), loaders.dataCenters()]);
  const all = { gpuTypes, dataCenters };
  const question = toQuestion(args, among(all, subjects), all);
  spendRows(loaders, question, all);
  return question;
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
