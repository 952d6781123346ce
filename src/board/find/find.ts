import { batch, computed, type ReadonlySignal, type Signal, signal } from '@preact/signals';
import type { Address } from '../address.ts';
import { retryDelayMs } from '../gateway/retry-delay.ts';
import { QueryError, type SendQuery } from '../gateway/send-query.ts';
import { BoardFindDocument, type BoardFindQuery } from '../graphql/graphql.ts';
import type { Lists } from '../state/lists.ts';
import { POLL_INTERVAL_MS } from '../timing.ts';
import { EMPTY_FORM, type Form, formFromSearch, formToSearch } from './form.ts';
import { type Problem, problemOf } from './problem.ts';
import { type Question, questionOf } from './question.ts';

/** The gateway's list of pods that meet the visitor's needs, with the reasons why others do not. */
export type Placement = NonNullable<BoardFindQuery['placement']>;

/** An answer of the gateway, with the question that it answers. */
export interface Answer {
  readonly question: Question;
  readonly placement: Placement;
  /** Whether `placement` names the excluded GPU types and cells. Otherwise it contains only the reason of each exclusion. */
  readonly hasDetails: boolean;
  /** When the answer arrived, in milliseconds since 1970. */
  readonly arrivedAt: number;
}

/** The view that finds pods: the visitor's needs, and the gateway's answer. */
export interface Find {
  /** The visitor's needs, parsed from the URL. */
  readonly form: ReadonlySignal<Form>;
  /** The variables of the query for pods; null until the lists of GPU types and data centers have arrived. */
  readonly question: ReadonlySignal<Question | null>;
  /** The latest answer. It may be the answer to an earlier question. Null until the first answer. */
  readonly answer: ReadonlySignal<Answer | null>;
  /** Whether the page is waiting for the answer to the current question. */
  readonly isAsking: ReadonlySignal<boolean>;
  /** What is wrong with the current question; null if nothing is known to be wrong. */
  readonly problem: ReadonlySignal<Problem | null>;
  /** The exclusion reasons whose details the visitor has opened. Some of these reasons may not occur in the current answer. */
  readonly openReasons: Signal<ReadonlySet<string>>;
  /** Whether the next answer has to name the excluded GPU types and cells. */
  readonly needsDetails: ReadonlySignal<boolean>;
  /**
   * Changes the form, writes it to the URL, and returns the new query string. A change of the needs resets the length of the list. The
   * change adds an entry to the browser's history. But if `since`, the result of an earlier call, is still the query string of the URL, the
   * change replaces the current entry instead.
   */
  change(change: Partial<Form>, since?: string): string;
  /**
   * Sends the current question to the gateway, unless the gateway has already rejected it. If the gateway rejects it now, sets `problem`.
   * But if the details for `openReasons` may have made the response too large, empties `openReasons` instead. Rejects on any other failure.
   */
  read(signal: AbortSignal): Promise<void>;
  /** Returns the waiting time between the last answer and the next request, in milliseconds. */
  nextReadInMs(): number;
  /** Forgets the answer. Called when the visitor removes the client key. */
  forget(): void;
}

export interface FindOptions {
  readonly address: Address;
  /** The query string with the visitor's needs. It stays the same while the page shows the matrix. */
  readonly search: ReadonlySignal<string>;
  readonly lists: ReadonlySignal<Lists | null>;
  readonly sendQuery: SendQuery;
  /** Returns milliseconds since 1970. */
  readonly now: () => number;
}

export function createFind({ address, search, lists, sendQuery, now }: FindOptions): Find {
  const form = computed(() => formFromSearch(search.value));
  const question = createQuestion(form, lists);
  const answer = signal<Answer | null>(null);
  const rejected = signal<{ readonly question: Question; readonly problem: Problem } | null>(null);
  const openReasons = signal<ReadonlySet<string>>(new Set());
  const needsDetails = computed(() => {
    const open = openReasons.value;
    return answer.value?.placement.excluded.some(({ reason }) => open.has(reason)) ?? false;
  });
  const problem = computed(() =>
    rejected.value?.question === question.value ? (rejected.value?.problem ?? null) : null,
  );
  const schedule = createAskSchedule();

  async function read(abort: AbortSignal): Promise<void> {
    const asked = question.peek();
    if (asked === null || problem.peek() !== null) return;
    const withDetails = needsDetails.peek();
    try {
      const { placement } = await sendQuery(BoardFindDocument, { ...asked, withDetails }, abort);
      abort.throwIfAborted();
      schedule.record(placement);
      batch(() => {
        answer.value = { question: asked, placement, hasDetails: withDetails, arrivedAt: now() };
        rejected.value = null;
      });
      // If the answer has changed `needsDetails` to true, the board has aborted this read, and reads again at once to get the details.
      abort.throwIfAborted();
    } catch (error) {
      if (!(error instanceof QueryError) || error.kind !== 'invalid') throw error;
      const found = problemOf(error.message);
      // If the message concerns no field, the exclusion details may have made the response too large, so the details are closed.
      if (withDetails && found.field === null) openReasons.value = new Set();
      else rejected.value = { question: asked, problem: found };
      abort.throwIfAborted();
    }
  }

  return {
    form,
    question,
    answer,
    isAsking: computed(() => problem.value === null && answer.value?.question !== question.value),
    problem,
    openReasons,
    needsDetails,
    change(change, since) {
      const next = formToSearch(changed(form.peek(), change));
      if (since !== undefined && since === address.search.peek()) address.replace(next);
      else address.push(next);
      return next;
    },
    forget() {
      answer.value = null;
    },
    read,
    nextReadInMs: () => (problem.peek() === null ? schedule.nextReadInMs() : POLL_INTERVAL_MS.polling),
  };
}

/** Returns the form after a change. Resets the length of the list, unless the change sets the length or the order. */
function changed(form: Form, change: Partial<Form>): Form {
  const { first } = 'prefer' in change ? form : EMPTY_FORM;
  return { ...form, first, ...change };
}

/** Returns a signal with the query variables for the form. Its value stays the same object until the variables change. */
function createQuestion(
  form: ReadonlySignal<Form>,
  lists: ReadonlySignal<Lists | null>,
): ReadonlySignal<Question | null> {
  const text = computed(() =>
    lists.value === null ? 'null' : JSON.stringify(questionOf(form.value, lists.value.gpuTypes)),
  );
  return computed(() => JSON.parse(text.value) as Question | null);
}

/**
 * Decides when the page asks the gateway again. If the answer contains stale data or failures, the gateway is fetching newer data, so the
 * page asks again after a second. The delay doubles while the answers stay the same.
 */
function createAskSchedule() {
  let observedAt: string | null = null;
  let isWaiting = false;
  let fruitless = 0;
  return {
    record({ freshness, coverage }: Placement) {
      fruitless = isWaiting && freshness.observedAt === observedAt ? fruitless + 1 : 1;
      observedAt = freshness.observedAt;
      isWaiting = freshness.stale || coverage.failures.length > 0;
    },
    nextReadInMs: () =>
      isWaiting ? Math.min(POLL_INTERVAL_MS.polling, retryDelayMs(fruitless, Math.random())) : POLL_INTERVAL_MS.polling,
  };
}
