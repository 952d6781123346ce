import { type AvailabilityQuery, createReport, type Report } from '../../domain/report.ts';
import { type TypeRows, toRowsOfTypes } from '../../domain/type-rows.ts';
import type { Loaders, MemoryLoaders } from '../../loaders/loaders.ts';
import type { GraphQLContext } from '../context.ts';
import { CELL_BYTES, type SizeOfReport, spendReport } from '../cost/report-size.ts';
import type { Size } from '../cost/selected-size.ts';
import type { Pace } from '../pace/pace.ts';
import type { Subjects } from '../subjects.ts';
import { type AvailabilityArguments, parseArguments } from './parse-arguments.ts';
import type { PacedReport } from './resolved-report.ts';

/** The part of the context that availability fields need. */
type AvailabilityContext = Pick<GraphQLContext, 'loaders' | 'tracer' | 'pace'>;

/**
 * Resolves an availability field. If all data is in memory, returns the report synchronously. Otherwise, loads the observations of the GPU
 * types that meet the conditions. `subjects` limits the report to the parent object, if this is a GPU type or a data center. `sizeOf`
 * returns the estimated size of the fields that the operation selects.
 * @throws {InvalidArgumentError} if an argument is not valid.
 * @throws {OperationTooComplexError} if the operation exceeds its budget.
 * @throws {UpstreamError} if the lists of GPU types and data centers cannot be read.
 */
export function resolveAvailability(
  context: AvailabilityContext,
  args: AvailabilityArguments,
  sizeOf: SizeOfReport,
  subjects: Partial<Subjects> = {},
): PacedReport | Promise<PacedReport> {
  const { loaders, tracer, pace } = context;
  const load = () =>
    tracer.span('availability', {}, async () => {
      const loaded = await pace.load(loadReport(loaders, args, sizeOf, subjects));
      return pace.run(() => spreadRows(loaded, pace));
    });
  return resolveFromMemory(context, args, sizeOf, subjects) ?? load();
}

/** Returns the report of `resolveAvailability` synchronously, or `null` if some of its data is not in memory. */
export function resolveFromMemory(
  { loaders, pace }: Pick<AvailabilityContext, 'loaders' | 'pace'>,
  args: AvailabilityArguments,
  sizeOf: SizeOfReport,
  subjects: Partial<Subjects> = {},
): PacedReport | null {
  const known = findInMemory(loaders, args, sizeOf, subjects);
  return known === null ? null : spreadRows(known, pace);
}

/** Returns the same report as `resolveFromMemory`, but with all rows in one array. */
export function reportFromMemory(
  loaders: MemoryLoaders,
  args: AvailabilityArguments,
  sizeOf: SizeOfReport,
  subjects: Partial<Subjects> = {},
): Report | null {
  return findInMemory(loaders, args, sizeOf, subjects)?.report ?? null;
}

/** A report, and the estimated size of the fields that the operation selects in it. */
interface SizedReport {
  readonly report: Report;
  readonly size: Size;
}

function findInMemory(
  loaders: MemoryLoaders,
  args: AvailabilityArguments,
  sizeOf: SizeOfReport,
  subjects: Partial<Subjects>,
): SizedReport | null {
  loaders.budget.spendField();
  const lists = loaders.memory.lists();
  if (lists === null) return null;
  const query = parseArguments(args, narrowTo(lists, subjects), lists, loaders.budget.maySuggest);
  const observations = loaders.memory.observations(query.gpuTypes, query.gpuCount, lists);
  if (observations === null) return null;
  spendRows(loaders, query, lists);
  return toSizedReport(loaders, toReport(loaders, query, toRowsOfTypes(query, observations)), sizeOf(lists));
}

async function loadReport(
  loaders: Loaders,
  args: AvailabilityArguments,
  sizeOf: SizeOfReport,
  subjects: Partial<Subjects>,
): Promise<SizedReport> {
  const { query, lists } = await readQuery(loaders, args, subjects);
  return toSizedReport(loaders, toReport(loaders, query, await loaders.rowsOfTypes(query)), sizeOf(lists));
}

/** Counts the bytes of a report against the budget of the operation. Returns the report with its `size`. */
function toSizedReport({ budget }: Pick<Loaders, 'budget'>, made: Report, size: Size): SizedReport {
  spendReport(budget, size, made);
  return { report: made, size };
}

function spreadRows({ report: made, size }: SizedReport, pace: Pace): PacedReport {
  const { nodes, coverage } = made;
  pace.spend(size.fixed + size.failure * coverage.failures.length + CELL_BYTES * coverage.expected);
  return { ...made, nodes: pace.spread(nodes, size.row) };
}

/**
 * Loads the lists of GPU types and data centers, and parses the arguments of a field. Rejects with the same errors as
 * `resolveAvailability`.
 */
export async function readQuery(
  loaders: Loaders,
  args: AvailabilityArguments,
  subjects: Partial<Subjects> = {},
): Promise<{ readonly query: AvailabilityQuery; readonly lists: Subjects }> {
  const [gpuTypes, dataCenters] = await Promise.all([loaders.gpuTypes(), loaders.dataCenters()]);
  const lists = { gpuTypes, dataCenters };
  const query = parseArguments(args, narrowTo(lists, subjects), lists, loaders.budget.maySuggest);
  spendRows(loaders, query, lists);
  return { query, lists };
}

/**
 * Limits the lists in `all` to the given GPU types and data centers, if any are given. Returns the objects from `all`, because cached rows
 * are found by the identity of these objects. The given objects may be copies with the same ids.
 */
function narrowTo(all: Subjects, { gpuTypes, dataCenters }: Partial<Subjects>): Subjects {
  return {
    gpuTypes: gpuTypes?.map((one) => asListed(one, all.gpuTypes)) ?? all.gpuTypes,
    dataCenters: dataCenters?.map((one) => asListed(one, all.dataCenters)) ?? all.dataCenters,
  };
}

const asListed = <T extends { readonly id: string }>(one: T, all: readonly T[]): T =>
  all.find(({ id }) => id === one.id) ?? one;

/** Counts the rows of a query against the budget, before they are requested from RunPod. */
function spendRows({ budget }: Pick<Loaders, 'budget'>, query: Subjects, all: Subjects): void {
  budget.spendRows(Math.max(1, cellsOf(query)), cellsOf(all));
}

const cellsOf = ({ gpuTypes, dataCenters }: Subjects) => gpuTypes.length * dataCenters.length;

function toReport(
  { validity, freshMs }: Pick<Loaders, 'validity' | 'freshMs'>,
  query: AvailabilityQuery,
  typeRows: readonly TypeRows[],
): Report {
  const made = createReport(query, typeRows);
  validity.readReport(made, freshMs);
  return made;
}
