import { SYSTEM_CLOCK } from '../../src/domain/clock.ts';
import { UpstreamNotAttemptedError } from '../../src/domain/errors.ts';
import type { Fetch, FetchInit } from '../../src/upstream/request/http.ts';
import { IN_ANY_SLOT } from '../../src/upstream/request/in-slot.ts';
import { createRequestQueue } from '../../src/upstream/request/request-queue.ts';
import { SHARE_NOTHING } from '../../src/upstream/request/slow-down.ts';
import type { AttemptReport } from '../../src/upstream/request/source-request.ts';

/** The response of an API to every request. */
export interface Response {
  readonly headers?: Readonly<Record<string, string>>;
  readonly status?: number;
  readonly body?: string;
}

/**
 * Creates the options of a client of an API that always sends the same response. `sent` contains the requests to the API, and `reports` the
 * reports about them.
 */
export function createClientOptions({ headers = {}, status = 200, body = '{}' }: Response) {
  const sent: (FetchInit & { readonly url: string })[] = [];
  const reports: AttemptReport[] = [];
  const whenFull = (operation: string) => new UpstreamNotAttemptedError(operation, 'full');
  const fetch: Fetch = async (url, init) => {
    sent.push({ ...init, url });
    return {
      status,
      headers: { get: (name) => headers[name] ?? null },
      text: async () => body,
      async discard() {},
    };
  };
  const options = {
    fetch,
    lane: createRequestQueue({ concurrency: 3, inSlot: IN_ANY_SLOT, limit: 10, whenFull }).createLane(),
    clock: SYSTEM_CLOCK,
    shareRefusals: SHARE_NOTHING,
    timeoutMs: 10_000,
    retries: 0,
    onAttempt: (report: AttemptReport) => reports.push(report),
  };
  return { options, sent, reports };
}
