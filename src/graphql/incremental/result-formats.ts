/** The keys and indexes that lead to a value in the data of a response. */
export type Path = readonly (string | number)[];

/** A deferred fragment or some items of a streamed list, in the executor's incremental delivery format of 2022. */
export interface Part<Failure = unknown> {
  readonly path: Path;
  readonly label?: string;
  readonly data?: object | null;
  readonly items?: readonly unknown[] | null;
  readonly errors?: readonly Failure[];
}

/** A result of the executor. Only the first result has `data`; the later results can have `incremental`. */
export interface ResultInParts<Failure = unknown> {
  readonly data?: unknown;
  readonly errors?: readonly Failure[];
  readonly incremental?: readonly Part<Failure>[];
  readonly hasNext?: boolean;
}

/** Announces a deferred fragment or streamed list that will follow. */
export interface PendingPart {
  readonly id: string;
  readonly path: Path;
  readonly label?: string;
}

/** The data of a deferred fragment, or some items of a streamed list. `id` identifies the fragment or list. */
export interface PartWithId {
  readonly id: string;
  readonly data?: object;
  readonly items?: unknown[];
  readonly errors?: readonly unknown[];
}

/** Reports that a deferred fragment or streamed list has ended. It has failed if there are errors. */
export interface CompletedPart {
  readonly id: string;
  readonly errors?: readonly unknown[];
}

/** A result in the format of `incrementalSpec=v0.2`: https://specs.apollo.dev/incremental/v0.2/ */
export interface ResultWithIds {
  readonly data?: unknown;
  readonly errors?: readonly unknown[];
  readonly pending?: readonly PendingPart[];
  readonly incremental?: readonly PartWithId[];
  readonly completed?: readonly CompletedPart[];
  readonly hasNext?: boolean;
}
