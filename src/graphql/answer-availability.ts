import { createReport, type Report } from '../domain/report.ts';
import type { Loaders } from '../loaders/loaders.ts';
import type { GraphQLContext } from './context.ts';
import { type AvailabilityArguments, type Subjects, toQuestion } from './question.ts';

/**
 * Answers a field about availability; `subjects` narrows it to a parent's GPU type or data center. RunPod is asked for the
 * GPU types that are left by the conditions, and for nothing when no data center is left.
 * @throws {InvalidArgumentError} for arguments that cannot be meant.
 * @throws {OperationTooComplexError} past the request's budget.
 * @throws {UpstreamError} when the lists of GPU types or data centers cannot be had.
 */
export function answerAvailability(
  { loaders, tracer }: Pick<GraphQLContext, 'loaders' | 'tracer'>,
  args: AvailabilityArguments,
  subjects: Partial<Subjects> = {},
): Promise<Report> {
  return tracer.span('availability', {}, () => answer(loaders, args, subjects));
}

async function answer(loaders: Loaders, args: AvailabilityArguments, subjects: Partial<Subjects>): Promise<Report> {
  const [gpuTypes, dataCenters] = await Promise.all([loaders.gpuTypes(), loaders.dataCenters()]);
  const all = { gpuTypes, dataCenters };
  const question = toQuestion(args, { ...all, ...subjects }, all);
  loaders.budget.spendRows(Math.max(1, question.gpuTypes.length * question.dataCenters.length));
  const isEmpty = question.dataCenters.length === 0;
  const outcomes = isEmpty ? [] : await loaders.outcomes(question.gpuTypes, question.gpuCount);
  const report = createReport(isEmpty ? { ...question, gpuTypes: [] } : question, outcomes);
  loaders.validity.readReport(report, loaders.freshMs);
  return report;
}
