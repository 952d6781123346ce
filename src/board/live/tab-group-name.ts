import { persistedQueryOf } from '../gateway/persisted-query.ts';
import { BoardChangesDocument } from '../graphql/graphql.ts';

/** The version of the messages between tabs. Tabs with different versions form different groups. */
const PROTOCOL = 2;

/**
 * Returns the name of the group of tabs that share an event stream. These tabs have the same version of the page, the same pod size and the
 * same client key. Any script of the origin can read the name, so the name contains only a digest of the key.
 */
export async function tabGroupName(gpuCount: number, key: string | null): Promise<string> {
  const document = persistedQueryOf(BoardChangesDocument).extensions.persistedQuery.sha256Hash;
  const text = new TextEncoder().encode(JSON.stringify([PROTOCOL, document, gpuCount, key]));
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', text));
  return `board-changes:${[...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')}`;
}
