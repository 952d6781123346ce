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

/** An answer of the gateway, with the question that it answers. */
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
  /** The visitor's needs, parsed from the URL. */
  readonly form: ReadonlySignal<Form>;
  /** What the page asks the gateway; null until the lists of GPU types and data centers have arrived. */
  readonly question: ReadonlySignal<Question | null>;
  /** The latest answer. It may be the answer to an earlier question. Null until the first answer. */
  readonly answer: ReadonlySignal<Answer | null>;
  /** Whether the answer to the present question has not arrived yet. */
  readonly isAsking: ReadonlySignal<boolean>;
  /** What is wrong with the present question; null if nothing is known to be wrong. */
  readonly problem: ReadonlySignal<Problem | null>;
  /** The reasons for leaving something out whose details the visitor has opened. Some of them may not occur in the present answer. */
  readonly openReasons: Signal<ReadonlySet<string>>;
  /** Whether the next answer has to say which GPU types and data centers were left out. */
  readonly needsDetails: ReadonlySignal<boolean>;
  /**
   * Changes the form, and returns the new query string of the URL. The change becomes a new entry of the browser's history. If the URL
   * still has the query string `since`, which an earlier call has returned, the change replaces the present entry instead. A change of the
   * needs makes a long list short again.
   */
  change(change: Partial<Form>, since?: string): string;
  /**
   * Sends the present question to the gateway, unless the question is known to be wrong. If the gateway finds something wrong with the
   * question, `problem` contains its message. Rejects if there is no answer for another reason.
   */
  read(signal: AbortSignal): Promise<void>;
  /** Returns the waiting time between the last answer and the next request, in milliseconds. */
  nextReadInMs(): number;
  /** Forgets the answer. Called when the visitor removes the client key. */
  forget(): void;
}

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
      // If the message is about no field, the details may have made the response too large. The next request asks without details.
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

/** Returns the form after a change. The list gets its usual length again, unless the change is one of the order or of that length. */
function changed(form: Form, change: Partial<Form>): Form {
  const { first } = 'prefer' in change ? form : EMPTY_FORM;
  return { ...form, first, ...change };
}

/** Creates the question that the visitor's needs ask. When new lists arrive, it stays the same object unless they change the question. */
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
