import type { CompletedPart, PartWithId, PendingPart, ResultInParts, ResultWithIds } from './result-formats.ts';

type Errors = readonly unknown[] | undefined;

/**
 * Builds results in the incremental delivery format in which deferred fragments and streamed lists have ids. One result of the executor may
 * become several results in this format.
 */
export interface ResultBuilder {
  announce(part: PendingPart): void;
  addFragment(id: string, data: object, errors: Errors): void;
  /** Adds items of a streamed list to the current result. Consecutive items of the same list are merged if they have no errors. */
  addItems(id: string, items: readonly unknown[], errors: Errors): void;
  complete(id: string, errors?: Errors): void;
  /** Ends the current result. An empty result is omitted if more results follow. */
  flush(hasNext: boolean): void;
  /** Returns the first result of the operation. It lists the deferred fragments and streamed lists that were announced. */
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
