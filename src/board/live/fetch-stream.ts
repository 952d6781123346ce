import { STREAM_SILENCE_MS } from '../timing.ts';

/**
 * Works like `fetch`, but the response body fails when nothing has arrived for `STREAM_SILENCE_MS`. Without this, a broken connection could
 * go unnoticed.
 */
export async function fetchStream(url: string, init: RequestInit): Promise<Response> {
  const silence = new AbortController();
  const signals = init.signal == null ? [silence.signal] : [init.signal, silence.signal];
  const response = await fetch(url, { ...init, signal: AbortSignal.any(signals) });
  if (response.body === null) return response;
  const listen = () => setTimeout(() => silence.abort(), STREAM_SILENCE_MS);
  let timer = listen();
  const body = response.body.pipeThrough(
    new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        clearTimeout(timer);
        timer = listen();
        controller.enqueue(chunk);
      },
      flush: () => clearTimeout(timer),
    }),
  );
  const { status, statusText, headers } = response;
  return new Response(body, { status, statusText, headers });
}
