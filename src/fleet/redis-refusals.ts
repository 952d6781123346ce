import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { UpstreamSource } from '../domain/observation.ts';
import { LONGEST_PAUSE_MS, type ShareRefusals } from '../upstream/slow-down.ts';
import type { RedisServer } from './redis.ts';

const Message = z.object({
  from: z.string(),
  source: z.enum(['RECORDED', 'RUNPOD_GRAPHQL', 'RUNPOD_REST']),
  pauseMs: z.number().min(0).max(LONGEST_PAUSE_MS),
});

/** Tells every replica over Redis when RunPod asks one of them for fewer requests. While Redis is away, each slows down by itself. */
export function createRedisRefusals({ client, connect }: RedisServer, channel: string) {
  const from = randomUUID();
  const listeners = new Map<UpstreamSource, (pauseMs: number) => void>();
  const subscriber = connect();
  subscriber.on('message', (_channel, text: string) => {
    const message = Message.safeParse(parse(text));
    if (message.success && message.data.from !== from) listeners.get(message.data.source)?.(message.data.pauseMs);
  });
  // Made again by itself after each break; it fails when it is closed, or not allowed, which is told elsewhere.
  subscriber.subscribe(channel).catch(() => {});

  return (source: UpstreamSource): ShareRefusals =>
    (onRefused) => {
      listeners.set(source, onRefused);
      return (pauseMs) => {
        const message: z.infer<typeof Message> = { from, source, pauseMs };
        client.publish(channel, JSON.stringify(message)).catch(() => {});
      };
    };
}

/** Anybody may write to a channel. */
function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
