import { randomUUID } from 'node:crypto';
import type { UpstreamSource } from '../domain/observation.ts';
import type { ShareRefusals } from '../upstream/slow-down.ts';
import type { RedisServer } from './redis.ts';

interface Message {
  readonly from: string;
  readonly source: UpstreamSource;
  readonly pauseMs: number;
}

/** Tells every replica over Redis when RunPod asks one of them for fewer requests. While Redis is away, each slows down by itself. */
export function createRedisRefusals({ client, connect }: RedisServer, keyPrefix: string) {
  const channel = `${keyPrefix}refusals`;
  const from = randomUUID();
  const listeners = new Map<UpstreamSource, (pauseMs: number) => void>();
  const subscriber = connect();
  subscriber.on('message', (_channel, text: string) => {
    const message: Message = JSON.parse(text);
    if (message.from !== from) listeners.get(message.source)?.(message.pauseMs);
  });
  // Made again by itself after each break; it fails only when it is closed.
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
