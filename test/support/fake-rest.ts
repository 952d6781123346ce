import type { IncomingMessage, ServerResponse } from 'node:http';
import { createDescription, type DescribedBody } from '../../src/cli/doctor/description.ts';
import { createRequestCheck } from './described-requests.ts';
import { answerWith, type Fault } from './fake-runpod.ts';
import { startStandIn } from './stand-in.ts';
import type { World } from './world.ts';
import { createRestAnswers, DOCUMENTED, type RestForm } from './world-rest.ts';
import { recordedWorld } from './worlds.ts';

/** The API key that the stand-in accepts. */
export const KEY = 'rpa_fake';

/** One request that the stand-in received. */
export interface SeenGet {
  readonly path: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly headers: IncomingMessage['headers'];
}

const description = createDescription();

const CHECKS = {
  '/v2/catalog/gpus': createRequestCheck('/catalog/gpus'),
  '/v2/catalog/datacenters': createRequestCheck('/catalog/datacenters'),
};

/** A response, and the name of the schema that its body must match. */
interface Answer {
  readonly status: number;
  readonly schema: DescribedBody;
  readonly body: object;
}

const problem = (status: number, title: string, errors: readonly string[] = []): Answer => ({
  status,
  schema: 'Problem',
  body: { title, status, detail: title, ...(errors.length > 0 && { errors }) },
});

/**
 * Starts a stand-in for RunPod's REST API v2 on a free port. The stand-in records its requests, serves a world (a state of RunPod) in one
 * of the forms that RunPod uses, and fails when a test tells it to. All responses except such failures must match
 * schema/upstream-rest.json. If a response does not match, the stand-in sends an HTTP 500 instead, and throws when it is disposed of.
 */
export async function startFakeRest(world: World = recordedWorld(), form: RestForm = DOCUMENTED) {
  let answers = createRestAnswers(world, form);
  const misfits: string[] = [];
  const seen: SeenGet[] = [];
  let faults: (request: SeenGet) => Fault | undefined = () => undefined;
  let headers: Record<string, string> = {};

  /** Sends a response if it matches the description of the API. Otherwise, sends an HTTP 500 and records the error. */
  function send(response: ServerResponse, { status, schema, body }: Answer): void {
    const differences = description.differences(schema, body);
    const contentType = schema === 'Problem' ? 'application/problem+json' : 'application/json';
    if (differences.length === 0)
      answerWith(status, JSON.stringify(body), { 'content-type': contentType })(response, '');
    else {
      misfits.push(JSON.stringify({ schema, differences }));
      answerWith(500, 'The stand-in has made an answer that the description does not allow.')(response, '');
    }
  }

  const standIn = await startStandIn((incoming, response) => {
    const { pathname, searchParams } = new URL(incoming.url ?? '', 'http://fake.invalid');
    const request = { path: pathname, parameters: Object.fromEntries(searchParams), headers: incoming.headers };
    seen.push(request);
    const fault = faults(request);
    const answer = answerTo(request, answers);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (fault !== undefined) fault(response, JSON.stringify(answer.body));
    else if (incoming.method !== 'GET') send(response, problem(405, 'Method Not Allowed'));
    else send(response, answer);
  });
  return {
    url: `${standIn.origin}/v2`,
    seen,
    mostInFlight: standIn.mostInFlight,
    count: (path: string) => seen.filter((request) => request.path.endsWith(path)).length,
    /** From now on, each request fails with the fault that `next` returns for it, if any. Without an argument, no request fails. */
    fail(next: (request: SeenGet) => Fault | undefined = () => undefined) {
      faults = next;
    },
    /** Serves the world `next` to requests that arrive from now on. */
    become(next: World) {
      answers = createRestAnswers(next, form);
    },
    /** Sets additional headers for all responses from now on. */
    send(next: Record<string, string>) {
      headers = next;
    },
    async [Symbol.asyncDispose]() {
      await standIn[Symbol.asyncDispose]();
      if (misfits.length > 0)
        throw new Error(`answers that schema/upstream-rest.json does not allow: ${misfits.join()}`);
    },
  };
}

/** Returns the correct response to a request, with data from `answers`. */
function answerTo(
  { path, parameters, headers: { authorization } }: SeenGet,
  answers: ReturnType<typeof createRestAnswers>,
): Answer {
  if (authorization !== `Bearer ${KEY}`) return problem(401, 'Unauthorized');
  if (path !== '/v2/catalog/gpus' && path !== '/v2/catalog/datacenters') return problem(404, 'Not Found');
  const refusal = CHECKS[path](parameters);
  if (refusal !== null) return problem(refusal.status, 'The parameters are wrong', refusal.errors);
  if (path === '/v2/catalog/datacenters') return { status: 200, schema: 'DataCenterList', body: answers.dataCenters() };
  return { status: 200, schema: 'GpuList', body: answers.gpus(Number(parameters['count'] ?? 1)) };
}
