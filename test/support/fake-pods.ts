import { type IncomingMessage, STATUS_CODES } from 'node:http';
import { text } from 'node:stream/consumers';
import type { CreateRequest } from '../../src/domain/placement/create-request.ts';
import { createBodyCheck, DESCRIBED_URL } from './described-pods.ts';
import { KEY } from './fake-rest.ts';
import { answerWith } from './fake-runpod.ts';
import { startStandIn } from './stand-in.ts';
import type { World } from './world.ts';
import { type CreatePodBody, createPodAnswers } from './world-pods.ts';
import { recordedWorld } from './worlds.ts';

const RUNPOD = new URL(DESCRIBED_URL);

const check = createBodyCheck('CreatePodRequest');

interface Answer {
  readonly status: number;
  readonly body: object;
}

const refuse = (status: number, detail: string, errors: readonly string[] = []): Answer => ({
  status,
  body: { title: STATUS_CODES[status], status, detail, ...(errors.length > 0 && { errors }) },
});

/**
 * Starts a stand-in, on a free port, for the part of RunPod's REST API v2 that creates pods. The stand-in accepts a request if the key is
 * right, the body matches schema/upstream-rest.json, and `world` has stock for the pod.
 */
export async function startFakePods(world: World = recordedWorld()) {
  const answers = createPodAnswers(world);
  const standIn = await startStandIn(async (request, response) => {
    const { status, body } = answerTo(request, await text(request), answers);
    const contentType = status === 201 ? 'application/json' : 'application/problem+json';
    answerWith(status, JSON.stringify(body), { 'content-type': contentType })(response, '');
  });
  return {
    ...standIn,
    url: `${standIn.origin}${RUNPOD.pathname}`,
    /** Sends a request that is meant for RunPod to the stand-in instead. Rejects if the address of the request is not RunPod's. */
    async create({ method, url, body }: CreateRequest, key = KEY): Promise<Response> {
      const { origin, pathname } = new URL(url);
      if (origin !== RUNPOD.origin) throw new Error(`${origin} is not RunPod's REST API`);
      const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
      return fetch(`${standIn.origin}${pathname}`, { method, headers, body });
    },
  };
}

/** Returns the correct response to a request with the body `sent`. */
function answerTo(
  { url, method, headers }: IncomingMessage,
  sent: string,
  answers: ReturnType<typeof createPodAnswers>,
): Answer {
  if (headers.authorization !== `Bearer ${KEY}`) return refuse(401, 'The key is missing or wrong');
  if (url !== RUNPOD.pathname) return refuse(404, 'There is no such path');
  if (method !== 'POST') return refuse(405, 'The method is not allowed for this path');
  if (headers['content-type'] !== 'application/json') return refuse(415, 'The body must be application/json');
  const body = parsed(sent);
  if (body === undefined) return refuse(400, 'The body is not JSON');
  const errors = check(body);
  if (errors.length > 0) return refuse(422, 'The body does not match its schema', errors);
  const request = body as CreatePodBody;
  const obstacle = answers.obstacle(request);
  return obstacle === null ? { status: 201, body: answers.pod(request) } : refuse(400, obstacle);
}

/** Parses JSON. Returns `undefined` if `json` is not JSON. */
function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
