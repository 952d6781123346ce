import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { UpstreamSource } from '../domain/observation.ts';
import { LONGEST_PAUSE_MS } from '../upstream/request/lane-pause.ts';
import type { ShareRefusals } from '../upstream/request/slow-down.ts';
import type { RedisServer } from './redis.ts';
import type { UnfitValues } from './unfit-values.ts';
import { readAs } from './value-shapes.ts';

interface Message {
  readonly from: string;
  readonly source: UpstreamSource;
  readonly pauseMs: number;
}

const Message: z.ZodType<Message> = z.object({
  from: z.string(),
  source: z.enum(['RECORDED', 'RUNPOD_GRAPHQL', 'RUNPOD_REST']),
  pauseMs: z.number().min(0).max(LONGEST_PAUSE_MS),
});

/**
 * Notifies all replicas over Redis when RunPod has limited the requests of one of them, so that all of them pause their requests. While
 * Redis is unavailable, only the replica that received RunPod's answer pauses.
 */
export function createRedisRefusals({ client, connect }: RedisServer, channel: string, unfit: UnfitValues) {
  const from = randomUUID();
  const listeners = new Map<UpstreamSource, (pauseMs: number) => void>();
  const subscriber = connect();
  subscriber.on('message', (_channel, text: string) => {
    const message = readAs(Message, text);
    if (message === undefined) return unfit.count('refusal', channel);
    if (message.from !== from) listeners.get(message.source)?.(message.pauseMs);
  });
  // An error of this call can be ignored: it occurs if the connection is closed, or if Redis does not permit subscriptions. After a
  // reconnection, ioredis subscribes again.
  subscriber.subscribe(channel).catch(() => {});

  return (source: UpstreamSource): ShareRefusals =>
    (onRefused) => {
      listeners.set(source, onRefused);
      return (pauseMs) => {
        const message: Message = { from, source, pauseMs };
        client.publish(channel, JSON.stringify(message)).catch(() => {});
      };
    };
}
