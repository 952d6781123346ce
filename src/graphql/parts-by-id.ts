import type { ExpectedPart } from './expected-parts.ts';

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

/**
 * Translates the results of one operation, in order, to the format with ids. `expect` finds the parts that follow the data of the first
 * result. Each pending part is announced with the data that it belongs to, since clients place the items of a list by that. A streamed
 * list is complete with the last result: the executor does not report its end before.
 */
export function createPartsById(expect: (data: unknown) => readonly ExpectedPart[]) {
  const open = new Map<string, Pending[]>();
  let lastId = 0;

  return (result: ResultInParts): readonly ResultWithIds[] => {
    let pending: { id: string; path: Path; label?: string }[] = [];
    let incremental: PartWithId[] = [];
    let completed: { id: string; errors?: Errors }[] = [];
    const results: ResultWithIds[] = [];

    function announce(part: ExpectedPart): Pending {
      lastId += 1;
      const announced = { ...part, id: String(lastId) };
      const key = keyOf(part);
      const others = open.get(key);
      if (others === undefined) open.set(key, [announced]);
      else others.push(announced);
      pending.push({ id: announced.id, path: part.path, ...(part.label !== undefined && { label: part.label }) });
      return announced;
    }

    function close({ id, ...part }: Pending, errors?: Errors): void {
      const key = keyOf(part);
      const left = (open.get(key) ?? []).filter((other) => other.id !== id);
      if (left.length === 0) open.delete(key);
      else open.set(key, left);
      completed.push({ id, ...(errors !== undefined && { errors }) });
    }

    function flush(hasNext: boolean): void {
      results.push({
        ...(pending.length > 0 && { pending }),
        ...(incremental.length > 0 && { incremental }),
        ...(completed.length > 0 && { completed }),
        hasNext,
      });
      [pending, incremental, completed] = [[], [], []];
    }

    function addFragment({ path, label, data, errors }: Part): void {
      const same = open.get(keyOf({ path, label, isList: false })) ?? [];
      const keys = new Set(Object.keys(data ?? {}));
      const exact = same.find((one) => one.keys.size === keys.size && [...keys].every((key) => one.keys.has(key)));
      const part = exact ?? same[0] ?? announce({ path, label, isList: false, keys, within: () => [] });
      if (data == null) {
        close(part, errors ?? []);
        return;
      }
      incremental.push({ id: part.id, data, ...(errors !== undefined && { errors }) });
      const inner = part.within(data).map(announce);
      close(part);
      // Apollo Client looks for a new list in the data of every fragment of the result.
      if (inner.some(({ isList }) => isList)) flush(true);
    }

    function addItems({ path, label, items, errors }: Part): void {
      const list = path.slice(0, -1);
      const [known] = open.get(keyOf({ path: list, label, isList: true })) ?? [];
      const part = known ?? announce({ path: list, label, isList: true, keys: new Set(), within: () => [] });
      if (items == null) {
        close(part, errors ?? []);
        return;
      }
      const last = incremental.at(-1);
      if (last?.items !== undefined && last.id === part.id && last.errors === undefined && errors === undefined) {
        last.items.push(...items);
      } else {
        incremental.push({ id: part.id, items: [...items], ...(errors !== undefined && { errors }) });
      }
      for (const [offset, item] of items.entries()) {
        for (const inner of part.within(item, Number(path.at(-1)) + offset)) announce(inner);
      }
    }

    if ('data' in result) {
      for (const part of expect(result.data)) announce(part);
      const { incremental: _, ...first } = result;
      return [{ ...first, ...(pending.length > 0 && { pending }) }];
    }
    for (const part of result.incremental ?? []) {
      if (part.items === undefined) addFragment(part);
      else addItems(part);
    }
    if (result.hasNext === false) for (const part of [...open.values()].flat()) close(part);
    flush(result.hasNext ?? false);
    return results;
  };
}

const keyOf = ({ path, label, isList }: Pick<ExpectedPart, 'path' | 'label' | 'isList'>): string =>
  JSON.stringify([path, label ?? null, isList]);
