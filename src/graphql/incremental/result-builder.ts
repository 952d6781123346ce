import type { CompletedPart, PartWithId, PendingPart, ResultInParts, ResultWithIds } from './result-formats.ts';

type Errors = readonly unknown[] | undefined;

/**
 * Builds results in the incremental delivery format in which parts have ids. Several such results may replace one result of the executor.
 */
export interface ResultBuilder {
  announce(part: PendingPart): void;
  addFragment(id: string, data: object, errors: Errors): void;
  /**
   * Adds items of a list to the current result. They are merged with the preceding items if both groups of items belong to the same list
   * and have no errors.
   */
  addItems(id: string, items: readonly unknown[], errors: Errors): void;
  complete(id: string, errors?: Errors): void;
  /** Ends the current result. An empty result is omitted if more results follow. */
  flush(hasNext: boolean): void;
  /** Returns the first result of the operation, with the parts that were announced. */
  first(result: Omit<ResultInParts, 'incremental'>): ResultWithIds;
  readonly results: readonly ResultWithIds[];
}

/** Creates a builder that contains no results yet. */
export function createResultBuilder(): ResultBuilder {
  const results: ResultWithIds[] = [];
  let pending: PendingPart[] = [];
  let incremental: PartWithId[] = [];
  let completed: CompletedPart[] = [];
  return {
    announce: (part) => void pending.push(part),
    addFragment: (id, data, errors) => void incremental.push({ id, data, ...(errors !== undefined && { errors }) }),
    addItems(id, items, errors) {
      const last = incremental.at(-1);
      if (last?.items !== undefined && last.id === id && last.errors === undefined && errors === undefined) {
        last.items.push(...items);
      } else {
        incremental.push({ id, items: [...items], ...(errors !== undefined && { errors }) });
      }
    },
    complete: (id, errors) => void completed.push({ id, ...(errors !== undefined && { errors }) }),
    flush(hasNext) {
      if (hasNext && pending.length + incremental.length + completed.length === 0) return;
      results.push({
        ...(pending.length > 0 && { pending }),
        ...(incremental.length > 0 && { incremental }),
        ...(completed.length > 0 && { completed }),
        hasNext,
      });
      [pending, incremental, completed] = [[], [], []];
    },
    first: (result) => ({ ...result, ...(pending.length > 0 && { pending }) }),
    results,
  };
}
