import type { ExpectedPart, ExpectedParts } from './expected-parts.ts';

type Path = readonly (string | number)[];
type Errors = readonly unknown[];

/** A part as the executor reports it, in the format of 2022. */
interface Part {
  readonly path: Path;
  readonly label?: string;
  readonly data?: object | null;
  readonly items?: readonly unknown[] | null;
  readonly errors?: Errors;
}

/** A result of the executor. */
export interface ResultInParts {
  readonly data?: unknown;
  readonly errors?: Errors;
  readonly incremental?: readonly Part[];
  readonly hasNext?: boolean;
}

interface PartWithId {
  readonly id: string;
  readonly data?: object;
  readonly items?: unknown[];
  readonly errors?: Errors;
}

/** A result in the format of `incrementalSpec=v0.2`: https://specs.apollo.dev/incremental/v0.2/ */
export interface ResultWithIds {
  readonly data?: unknown;
  readonly errors?: Errors;
  readonly pending?: readonly { readonly id: string; readonly path: Path; readonly label?: string }[];
  readonly incremental?: readonly PartWithId[];
  readonly completed?: readonly { readonly id: string; readonly errors?: Errors }[];
  readonly hasNext?: boolean;
}

interface Pending extends ExpectedPart {
  readonly id: string;
}

/** Translates a result of the executor. It yields after each small step, so that the caller can pause, and returns the results to send. */
export type Translation = Generator<void, readonly ResultWithIds[]>;

/**
 * Translates the results of one operation, in order, to the format with ids. `labels` has the client's labels by those that the executor
 * reports. Each pending part is announced with the data that it belongs to, since clients place the items of a list by that. A streamed
 * list is complete with the last result: the executor does not report its end before.
 *
 * The executor also sends parts of fragments and lists that have failed. They were never announced, and clients have no place for them, so
 * they are left out.
 */
export function createPartsById(expected: ExpectedParts, labels: ReadonlyMap<string, string>) {
  /** The pending parts by path and label. A fragment that is spread twice on an object is pending twice. */
  const open = new Map<string, Pending[]>();
  let lastId = 0;

  return function* translate(result: ResultInParts): Translation {
    let pending: { id: string; path: Path; label?: string }[] = [];
    let incremental: PartWithId[] = [];
    let completed: { id: string; errors?: Errors }[] = [];
    const results: ResultWithIds[] = [];

    /** Returns whether there is a list among the parts. */
    function* announce(parts: Iterable<ExpectedPart | null>): Generator<void, boolean> {
      let hasList = false;
      for (const part of parts) {
        yield;
        if (part === null) continue;
        const { path, shape } = part;
        lastId += 1;
        const id = String(lastId);
        const key = keyOf(path, shape.label);
        const same = open.get(key);
        if (same === undefined) open.set(key, [{ id, path, shape }]);
        else same.push({ id, path, shape });
        const label = labels.get(shape.label);
        pending.push({ id, path, ...(label !== undefined && { label }) });
        hasList ||= shape.items !== null;
      }
      return hasList;
    }

    function close(key: string, { id }: Pending, errors?: Errors): void {
      const left = (open.get(key) ?? []).filter((other) => other.id !== id);
      if (left.length === 0) open.delete(key);
      else open.set(key, left);
      completed.push({ id, ...(errors !== undefined && { errors }) });
    }

    function flush(hasNext: boolean): void {
      if (hasNext && pending.length + incremental.length + completed.length === 0) return;
      results.push({
        ...(pending.length > 0 && { pending }),
        ...(incremental.length > 0 && { incremental }),
        ...(completed.length > 0 && { completed }),
        hasNext,
      });
      [pending, incremental, completed] = [[], [], []];
    }

    function* addFragment({ path, label = '', data, errors }: Part): Generator<void> {
      const key = keyOf(path, label);
      const [part] = open.get(key) ?? [];
      if (part === undefined) return;
      if (data == null) {
        close(key, part, errors ?? []);
        return;
      }
      incremental.push({ id: part.id, data, ...(errors !== undefined && { errors }) });
      const hasList = yield* announce(expected.within(part, data));
      close(key, part);
      // Apollo Client looks for a new list in the data of every fragment of the result.
      if (hasList) flush(true);
    }

    function* addItems({ path, label = '', items, errors }: Part): Generator<void> {
      const key = keyOf(path.slice(0, -1), label);
      const [part] = open.get(key) ?? [];
      if (part === undefined) return;
      if (items == null) {
        close(key, part, errors ?? []);
        return;
      }
      const last = incremental.at(-1);
      if (last?.items !== undefined && last.id === part.id && last.errors === undefined && errors === undefined) {
        last.items.push(...items);
      } else {
        incremental.push({ id: part.id, items: [...items], ...(errors !== undefined && { errors }) });
      }
      for (const [offset, item] of items.entries()) {
        yield* announce(expected.within(part, item, Number(path.at(-1)) + offset));
      }
    }

    if ('data' in result) {
      yield* announce(expected.first(result.data));
      const { incremental: _, ...first } = result;
      return [{ ...first, ...(pending.length > 0 && { pending }) }];
    }
    for (const part of result.incremental ?? []) {
      yield;
      yield* part.items === undefined ? addFragment(part) : addItems(part);
    }
    if (result.hasNext === false) {
      for (const [key, parts] of open) {
        yield;
        for (const part of parts) close(key, part);
      }
    }
    flush(result.hasNext ?? false);
    return results;
  };
}

/** Keys of an answer are names, which contain neither dots nor spaces. */
const keyOf = (path: Path, label: string): string => `${path.join('.')} ${label}`;
