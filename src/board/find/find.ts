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

/** The pods that meet the visitor's needs, and why the others do not. */
export type Placement = NonNullable<BoardFindQuery['placement']>;

/** An answer of the gateway. */
export interface Answer {
  readonly question: Question;
  readonly placement: Placement;
  /** Whether `placement` says which GPU types and data centers were left out. */
  readonly hasDetails: boolean;
  /** When the answer arrived, in milliseconds since 1970. */
  readonly arrivedAt: number;
}

/** The view that finds pods: the visitor's needs, and the gateway's answer. */
export interface Find {
  /** The form in the URL. */
  readonly form: ReadonlySignal<Form>;
  /** Null until the lists have arrived. */
  readonly question: ReadonlySignal<Question | null>;
  /** The latest answer. It may be the answer to an earlier question. Null until the first answer. */
  readonly answer: ReadonlySignal<Answer | null>;
  /** Whether the answer to the present question has not arrived yet. */
  readonly isAsking: ReadonlySignal<boolean>;
  /** What is wrong with the present question; null if nothing is known to be wrong. */
  readonly problem: ReadonlySignal<Problem | null>;
  /** The reasons of which the visitor has opened the details. The present answer may not contain all of them. */
  readonly openReasons: Signal<ReadonlySet<string>>;
  /** Whether the next answer has to contain details. */
  readonly needsDetails: ReadonlySignal<boolean>;
  /**
   * Changes the form, in a new entry of the browser's history. A change of the needs makes a long list short again. If the URL still has
   * the query string `since`, which an earlier change has returned, the present entry changes instead. Returns the new query string.
   */
  change(change: Partial<Form>, since?: string): string;
  /**
   * Asks the present question again, unless something is known to be wrong with it. Rejects if there is no answer, except if something is
   * wrong with the question.
   */
  read(signal: AbortSignal): Promise<void>;
  /** Returns the waiting time between the last answer and the next request, in milliseconds. */
  nextReadInMs(): number;
  /** Forgets the answer. Called when the visitor removes the client key. */
  forget(): void;
}

/** What the view needs. */
export interface FindOptions {
  readonly address: Address;
  /** The query string with the visitor's needs. It stays the same while the page shows another view. */
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
      // The answer may have changed whether details are needed. Then the board has aborted this read, and the next one starts at once.
      abort.throwIfAborted();
    } catch (error) {
      if (!(error instanceof QueryError) || error.kind !== 'invalid') throw error;
      const found = problemOf(error.message);
      // If the message is about no need, the details may have made the response too large. The question is asked again without them.
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

/** Returns the form after a change. The list gets its usual length again, unless only the order changes, which keeps the pods in the list. */
function changed(form: Form, change: Partial<Form>): Form {
  const { first } = 'prefer' in change ? form : EMPTY_FORM;
  return { ...form, first, ...change };
}

/** Creates the question of the form. It keeps its identity while new lists do not change it. */
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
 * Decides when the page asks again. While the gateway has served old data or some cells have failed, the gateway is fetching them, so the
 * page asks again after a second. The delay doubles while nothing changes.
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
