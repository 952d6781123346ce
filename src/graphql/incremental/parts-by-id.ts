import type { ExpectedPart, ExpectedParts } from './expected-parts.ts';
import { createOpenParts, type OpenPart, type OpenParts } from './open-parts.ts';
import { createResultBuilder, type ResultBuilder } from './result-builder.ts';
import type { Part, ResultInParts, ResultWithIds } from './result-formats.ts';

/**
 * A generator that translates one result of the executor into the incremental delivery format in which deferred fragments and streamed
 * lists have ids. It returns the translated results. It yields after each small step, so that the caller can pause.
 */
export type Translation = Generator<void, readonly ResultWithIds[]>;

/** The state of one operation while its results are translated into the format in which fragments and lists have ids. */
interface Operation {
  readonly expected: ExpectedParts;
  /** Maps the unique labels that the executor reports to the labels that the client chose. */
  readonly labels: ReadonlyMap<string, string>;
  readonly open: OpenParts;
}

/**
 * Creates a function that translates the results of one operation into the incremental delivery format in which deferred fragments and
 * streamed lists have ids. Call the function with the results in order. `labels` maps the labels that the executor reports to the client's
 * labels.
 *
 * A fragment or list is announced together with the data that it belongs to, because clients need this data to place the items of a list. A
 * streamed list is reported as complete only in the last result, because the executor does not report the end of a list earlier. If a
 * fragment or list fails, the executor still sends the fragments and lists inside it. They are left out: they were never announced, so
 * clients cannot place them.
 */
export function createPartsById(
  expected: ExpectedParts,
  labels: ReadonlyMap<string, string>,
): (result: ResultInParts) => Translation {
  const operation = { expected, labels, open: createOpenParts() };
  return (result) => translate(operation, result);
}

function* translate(operation: Operation, result: ResultInParts): Translation {
  const { expected, open } = operation;
  const builder = createResultBuilder();
  if ('data' in result) {
    yield* announce(operation, builder, expected.first(result.data));
    const { incremental: _, ...first } = result;
    return [builder.first(first)];
  }
  for (const part of result.incremental ?? []) {
    yield;
    yield* part.items === undefined ? addFragment(operation, builder, part) : addItems(operation, builder, part);
  }
  if (result.hasNext === false) {
    for (const parts of open.groups()) {
      yield;
      for (const part of parts) close(operation, builder, part);
    }
  }
  builder.flush(result.hasNext ?? false);
  return builder.results;
}

/** Announces deferred fragments and streamed lists to the client. Returns whether any of them is a streamed list. */
function* announce(
  { labels, open }: Operation,
  builder: ResultBuilder,
  parts: Iterable<ExpectedPart | null>,
): Generator<void, boolean> {
  let hasList = false;
  for (const part of parts) {
    yield;
    if (part === null) continue;
    const { id } = open.open(part);
    const label = labels.get(part.shape.label);
    builder.announce({ id, path: part.path, ...(label !== undefined && { label }) });
    hasList ||= part.shape.items !== null;
  }
  return hasList;
}

function close({ open }: Operation, builder: ResultBuilder, part: OpenPart, errors?: readonly unknown[]): void {
  open.close(part);
  builder.complete(part.id, errors);
}

function* addFragment(
  operation: Operation,
  builder: ResultBuilder,
  { path, label = '', data, errors }: Part,
): Generator<void> {
  const part = operation.open.find(path, label);
  if (part === undefined) return;
  if (data == null) {
    close(operation, builder, part, errors ?? []);
    return;
  }
  builder.addFragment(part.id, data, errors);
  const hasList = yield* announce(operation, builder, operation.expected.within(part, data));
  close(operation, builder, part);
  // When a result announces a streamed list, Apollo Client searches all fragments in the same result for the list. So the next fragment is
  // sent in another result.
  if (hasList) builder.flush(true);
}

function* addItems(
  operation: Operation,
  builder: ResultBuilder,
  { path, label = '', items, errors }: Part,
): Generator<void> {
  const part = operation.open.find(path.slice(0, -1), label);
  if (part === undefined) return;
  if (items == null) {
    close(operation, builder, part, errors ?? []);
    return;
  }
  builder.addItems(part.id, items, errors);
  for (const [offset, item] of items.entries()) {
    yield* announce(operation, builder, operation.expected.within(part, item, Number(path.at(-1)) + offset));
  }
}
